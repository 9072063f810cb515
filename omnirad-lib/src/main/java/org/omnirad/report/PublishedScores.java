package org.omnirad.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.omnirad.run.Json;
import org.omnirad.run.RunRecord;

/** Published test scores, to stand beside one's own. A score that was not published is absent. */
public final class PublishedScores {

  private static final String RESOURCE = "/org/omnirad/data/datasets/published_scores.json";

  private record Score(
      String dataset, int size, String method, Double accuracy, Double auc, String source) {}

  private record Scores(List<Score> scores) {}

  private record Table(String title, List<String> columns, List<List<Object>> rows)
      implements Report {
    @Override
    public RunRecord record() {
      return new RunRecord(Map.of());
    }
  }

  private PublishedScores() {}

  /**
   * What others reached on the test split of a dataset; no rows where nothing that could be checked
   * is known.
   *
   * @param dataset a name of the catalogue
   */
  public static Report of(String dataset) {
    List<List<Object>> rows =
        read().scores().stream()
            .filter(score -> score.dataset().equals(dataset))
            .map(
                score ->
                    List.<Object>of(
                        score.method(),
                        score.size(),
                        orNaN(score.accuracy()),
                        orNaN(score.auc()),
                        score.source()))
            .toList();
    return new Table(
        "Published scores of " + dataset,
        List.of("method", "pixels", "accuracy", "AUC", "source"),
        rows);
  }

  private static double orNaN(Double published) {
    return published == null ? Double.NaN : published;
  }

  private static Scores read() {
    try (InputStream in = PublishedScores.class.getResourceAsStream(RESOURCE)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Json.readForeign(text, Scores.class, RESOURCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
