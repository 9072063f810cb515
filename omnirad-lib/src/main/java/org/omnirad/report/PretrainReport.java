package org.omnirad.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.omnirad.run.RunRecord;

/**
 * What a pretraining came to.
 *
 * @param steps steps done
 * @param images images seen, each as often as it was
 * @param firstLoss mean total loss of the first twentieth of the steps, in nats
 * @param lastLoss the same of the last twentieth
 * @param firstScore kNN accuracy of the teacher before the first step, 0 to 1, where it was watched
 * @param lastScore the last one, where it was watched
 * @param record data, config, seed, versions, device, time
 */
public record PretrainReport(
    long steps,
    long images,
    double firstLoss,
    double lastLoss,
    Optional<Double> firstScore,
    Optional<Double> lastScore,
    RunRecord record)
    implements Report {

  @Override
  public String title() {
    return "Pretraining";
  }

  @Override
  public List<String> columns() {
    return List.of("fact", "value");
  }

  @Override
  public List<List<Object>> rows() {
    return List.of(
        List.of("steps", String.format(Locale.ROOT, "%,d", steps)),
        List.of("images seen", String.format(Locale.ROOT, "%,d", images)),
        List.of("loss at the start", decimal(firstLoss)),
        List.of("loss at the end", decimal(lastLoss)),
        List.of("kNN accuracy before", firstScore.map(PretrainReport::decimal).orElse("-")),
        List.of("kNN accuracy after", lastScore.map(PretrainReport::decimal).orElse("-")));
  }

  /** A line for each row. */
  @Override
  public String toString() {
    return rows().stream()
        .map(row -> row.get(0) + ": " + row.get(1))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
