package org.omnirad.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.Interval;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Predictions;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * What a comparison came to: for each dataset, encoder, regime and measure the mean and standard
 * deviation over the seeds, and the interval of the mean under resampling of the test images, which
 * are the same for every seed.
 *
 * @param cells of each dataset, encoder, regime and seed
 * @param scores what the cells of a group came to; without those that failed
 * @param record where the result comes from
 */
public record ComparisonReport(List<ComparisonCell> cells, List<Score> scores, RunRecord record)
    implements Report {

  /** The cells of one dataset, encoder and regime. */
  public record Group(String dataset, String encoder, String regime) {}

  /**
   * A measure of a group.
   *
   * @param seeds how many cells it is the mean of
   * @param mean over the seeds with its interval
   * @param deviation standard deviation over the seeds; NaN of one
   */
  public record Score(Group group, Measure measure, int seeds, Interval mean, double deviation) {}

  /** Copies the lists. */
  public ComparisonReport {
    cells = List.copyOf(cells);
    scores = List.copyOf(scores);
  }

  /** Scores cells, with {@link Bootstrap#defaults} intervals. */
  public static ComparisonReport of(List<ComparisonCell> cells, RunRecord record) {
    var scores = new ArrayList<Score>();
    groups(cells)
        .forEach(
            (group, finished) -> {
              for (Measure measure : Measure.of(finished.get(0).task())) {
                scores.add(score(group, finished, measure));
              }
            });
    return new ComparisonReport(cells, scores, record);
  }

  private static Map<Group, List<Predictions>> groups(List<ComparisonCell> cells) {
    var groups = new LinkedHashMap<Group, List<Predictions>>();
    for (ComparisonCell cell : cells) {
      cell.predictions()
          .ifPresent(p -> groups.computeIfAbsent(group(cell), g -> new ArrayList<>()).add(p));
    }
    return groups;
  }

  private static Group group(ComparisonCell cell) {
    return new Group(cell.dataset(), cell.encoder(), cell.regime());
  }

  private static Score score(Group group, List<Predictions> seeds, Measure measure) {
    double[] values = seeds.stream().mapToDouble(p -> p.score(measure)).toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    Interval interval =
        Double.isNaN(mean)
            ? Interval.undefined(Bootstrap.defaults().level())
            : Bootstrap.defaults()
                .interval(seeds.get(0).size(), times -> mean(seeds, measure, times));
    double deviation = seeds.size() == 1 ? Double.NaN : Math.sqrt(squares / (seeds.size() - 1));
    return new Score(group, measure, seeds.size(), interval, deviation);
  }

  private static double mean(List<Predictions> seeds, Measure measure, int[] times) {
    return seeds.stream().mapToDouble(p -> p.score(measure, times)).average().orElseThrow();
  }

  @Override
  public String title() {
    return "Comparison";
  }

  @Override
  public List<String> columns() {
    return List.of("dataset", "encoder", "regime", "measure", "seeds", "mean", "sd", "low", "high");
  }

  @Override
  public List<List<Object>> rows() {
    return scores.stream()
        .map(
            s ->
                List.<Object>of(
                    s.group.dataset,
                    s.group.encoder,
                    s.group.regime,
                    s.measure.label(),
                    s.seeds,
                    s.mean.point(),
                    s.deviation,
                    s.mean.low(),
                    s.mean.high()))
        .toList();
  }

  /** The rows of one measure. */
  public Report of(Measure measure) {
    int column = columns().indexOf("measure");
    return new Part(
        "Comparison, " + measure.label(),
        without(columns(), column),
        rows().stream()
            .filter(row -> row.get(column).equals(measure.label()))
            .map(row -> without(row, column))
            .toList(),
        record);
  }

  private static <T> List<T> without(List<T> list, int index) {
    var rest = new ArrayList<>(list);
    rest.remove(index);
    return List.copyOf(rest);
  }

  /**
   * The means of one measure on one dataset, by encoder and regime, for a bar chart.
   *
   * @throws InputException where there is none
   */
  public Map<String, Interval> values(String dataset, Measure measure) {
    var values = new LinkedHashMap<String, Interval>();
    for (Score s : scores) {
      if (s.group.dataset.equals(dataset) && s.measure == measure) {
        values.put(s.group.encoder + ", " + s.group.regime, s.mean);
      }
    }
    if (values.isEmpty()) {
      throw new InputException(
          "No %s of %s.".formatted(measure.label(), dataset),
          "Datasets with results: %s."
              .formatted(
                  scores.stream()
                      .map(s -> s.group.dataset)
                      .collect(Collectors.toCollection(java.util.TreeSet::new))));
    }
    return values;
  }

  /** The cells that have no result, and why. */
  public Report failures() {
    return new Part(
        "Failed cells",
        List.of("dataset", "encoder", "regime", "seed", "reason"),
        cells.stream()
            .filter(cell -> cell.predictions().isEmpty())
            .map(
                cell ->
                    List.<Object>of(
                        cell.dataset(),
                        cell.encoder(),
                        cell.regime(),
                        Math.toIntExact(cell.seed()),
                        cell.failure()))
            .toList(),
        record);
  }

  /**
   * How much each encoder does better than one of them in the same regime on the same dataset:
   * difference of the means over the seeds, its paired bootstrap interval, the two-sided p-value of
   * {@link Bootstrap#difference}, and that p-value after Holm's correction (1979) for all rows of
   * the table.
   *
   * @param baseline name of the encoder that the others are compared with
   * @throws InputException where it has no results
   */
  public Report differences(String baseline, Measure measure) {
    Map<Group, List<Predictions>> groups = groups(cells);
    if (groups.keySet().stream().noneMatch(g -> g.encoder.equals(baseline))) {
      throw new InputException(
          "No results of '%s'.".formatted(baseline),
          "Encoders with results: %s."
              .formatted(groups.keySet().stream().map(Group::encoder).distinct().toList()));
    }
    var compared = new ArrayList<Group>();
    var differences = new ArrayList<Bootstrap.Difference>();
    groups.forEach(
        (group, predictions) -> {
          List<Predictions> others = groups.get(new Group(group.dataset, baseline, group.regime));
          if (!group.encoder.equals(baseline)
              && others != null
              && Measure.of(predictions.get(0).task()).contains(measure)) {
            compared.add(group);
            differences.add(difference(predictions, others, measure));
          }
        });
    double[] holm = holm(differences.stream().mapToDouble(Bootstrap.Difference::p).toArray());
    var rows = new ArrayList<List<Object>>();
    for (int i = 0; i < holm.length; i++) {
      Group group = compared.get(i);
      Interval interval = differences.get(i).interval();
      rows.add(
          List.of(
              group.dataset,
              group.regime,
              group.encoder,
              interval.point(),
              interval.low(),
              interval.high(),
              differences.get(i).p(),
              holm[i]));
    }
    return new Part(
        "Difference in %s to %s".formatted(measure.label(), baseline),
        List.of("dataset", "regime", "encoder", "difference", "low", "high", "p", "p (Holm)"),
        List.copyOf(rows),
        record);
  }

  private static Bootstrap.Difference difference(
      List<Predictions> one, List<Predictions> other, Measure measure) {
    if (!Arrays.deepEquals(one.get(0).targets(), other.get(0).targets())) {
      throw new IllegalStateException("cells of one dataset have different test images");
    }
    return Bootstrap.defaults()
        .difference(
            one.get(0).size(), times -> mean(one, measure, times) - mean(other, measure, times));
  }

  /** The i-th smallest of n p-values, i from 0, times n - i, never below a smaller one's. */
  private static double[] holm(double[] p) {
    var order = new ArrayList<Integer>();
    for (int i = 0; i < p.length; i++) {
      if (!Double.isNaN(p[i])) {
        order.add(i);
      }
    }
    order.sort(Comparator.comparingDouble(i -> p[i]));
    double[] corrected = new double[p.length];
    Arrays.fill(corrected, Double.NaN);
    double highest = 0;
    for (int i = 0; i < order.size(); i++) {
      highest = Math.max(highest, Math.min(1, p[order.get(i)] * (order.size() - i)));
      corrected[order.get(i)] = highest;
    }
    return corrected;
  }
}
