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
      String dataset,
      int size,
      String method,
      Double accuracy,
      Double auc,
      Double f1,
      String source) {}

  private record Scores(List<Score> scores) {}

  private PublishedScores() {}

  /**
   * What others reached on the test split of a dataset; no rows where nothing that could be checked
   * is known. Scores of classes are accuracy and AUC; of masks the F1 of their pixels, which is
   * {@link org.omnirad.metric.MaskMeasure#DICE} by {@link
   * org.omnirad.metric.MaskProtocol#MEDSEGBENCH}.
   *
   * @param dataset a name of the catalogue
   */
  public static Report of(String dataset) {
    List<Score> scores =
        read().scores().stream().filter(score -> score.dataset().equals(dataset)).toList();
    boolean ofMasks = scores.stream().anyMatch(score -> score.f1() != null);
    return new Part(
        "Published scores of " + dataset,
        ofMasks
            ? List.of("method", "pixels", "F1 (Dice)", "source")
            : List.of("method", "pixels", "accuracy", "AUC", "source"),
        scores.stream().map(score -> ofMasks ? ofMasks(score) : ofClasses(score)).toList(),
        new RunRecord(Map.of()));
  }

  private static List<Object> ofMasks(Score score) {
    return List.of(score.method(), score.size(), orNaN(score.f1()), score.source());
  }

  private static List<Object> ofClasses(Score score) {
    return List.of(
        score.method(), score.size(), orNaN(score.accuracy()), orNaN(score.auc()), score.source());
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
