package org.omnirad.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Task;
import org.omnirad.report.Report;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;
import org.omnirad.run.RunRecord;

/**
 * Logistic regression on frozen features (DINOv2's third way to judge them), fitted by Smile with
 * L-BFGS on standardised features: unlike a linear probe it has one solution, which no learning
 * rate or order of images changes. The penalty is chosen on validation. With more than two classes
 * each class but the last has weights against the last.
 */
public final class LogisticRegression implements FeatureClassifier {

  /**
   * One of the fits.
   *
   * @param inversePenalty C
   * @param score on validation: the accuracy, or for a multi-label task the AUC
   * @param loss the mean cross-entropy on validation, in nats
   */
  public record Candidate(double inversePenalty, double score, double loss) {}

  private final LinearHead head;
  private final FeatureSpec spec;
  private final List<String> classNames;
  private final RunRecord record;
  private final Candidate chosen;
  private final List<Candidate> candidates;

  private LogisticRegression(
      LinearHead head, Features train, RunRecord record, Candidate chosen, List<Candidate> all) {
    this.head = head;
    spec = train.spec();
    classNames = train.classNames();
    this.record = record;
    this.chosen = chosen;
    candidates = List.copyOf(all);
  }

  /**
   * Fits one regression for each penalty and keeps that with the highest accuracy on validation,
   * for a multi-label task the highest AUC; the lowest loss among equals.
   *
   * @param train N labelled images, every class among them
   * @param val labelled images with features of the same kind
   * @throws InputException where a split is empty, labels are missing, classes or features differ,
   *     or a class has no train image
   * @throws java.util.concurrent.CancellationException where the thread was interrupted between two
   *     fits
   */
  public static LogisticRegression fit(
      Features train, Features val, LogisticRegressionConfig config) {
    TrainAndVal.check(train, val);
    requireAllClasses(train);
    double[][] statistics = statistics(train.vectors());
    double[][] x = new double[train.size()][];
    Arrays.setAll(x, i -> standardised(train.vectors()[i], statistics));
    LinearHead best = null;
    Candidate chosen = null;
    var candidates = new ArrayList<Candidate>();
    try (var progress =
        Progress.of("logistic regression", "fits", config.inversePenalties().size())) {
      for (double c : config.inversePenalties()) {
        progress.checkInterrupt();
        LinearHead head =
            unstandardised(
                SmileLogisticRegression.fit(
                    x, train.targets(), train.classNames().size(), train.task(), c, config),
                statistics);
        float[][] p = Arrays.stream(val.vectors()).map(head::probabilities).toArray(float[][]::new);
        ValidationScore seen = ValidationScore.of(p, val);
        var candidate = new Candidate(c, seen.score(), seen.loss());
        candidates.add(candidate);
        if (best == null || ORDER.compare(candidate, chosen) < 0) {
          best = head;
          chosen = candidate;
        }
        progress.step(1);
      }
    }
    RunRecord record =
        new RunRecord(Map.of())
            .with("classifier", "logistic regression")
            .with("regression.config", config)
            .with("regression.chosen", chosen)
            .with("regression.train", train.size());
    return new LogisticRegression(best, train, record, chosen, candidates);
  }

  private static final Comparator<Candidate> ORDER =
      Comparator.comparing(
          c -> new ValidationScore(c.score(), c.loss()), ValidationScore.BEST_FIRST);

  private static void requireAllClasses(Features train) {
    boolean findings = train.task() == Task.MULTI_LABEL;
    int[] counts = new int[train.classNames().size()];
    for (int[] labels : Labels.of(train)) {
      for (int k : labels) {
        counts[k]++;
      }
    }
    for (int k = 0; k < counts.length; k++) {
      if (counts[k] == 0 || (findings && counts[k] == train.size())) {
        throw new InputException(
            "'%s' holds for %d of %d train images."
                .formatted(train.classNames().get(k), counts[k], train.size()),
            "Logistic regression needs images of every class; take more of them.");
      }
    }
  }

  /** Means and standard deviations, 2 x D; a deviation of 0 counts as 1. */
  private static double[][] statistics(float[][] rows) {
    int dim = rows[0].length;
    double[] mean = new double[dim];
    double[] deviation = new double[dim];
    for (float[] row : rows) {
      for (int d = 0; d < dim; d++) {
        mean[d] += row[d] / (double) rows.length;
      }
    }
    for (float[] row : rows) {
      for (int d = 0; d < dim; d++) {
        deviation[d] += (row[d] - mean[d]) * (row[d] - mean[d]) / rows.length;
      }
    }
    for (int d = 0; d < dim; d++) {
      deviation[d] = deviation[d] > 0 ? Math.sqrt(deviation[d]) : 1;
    }
    return new double[][] {mean, deviation};
  }

  private static double[] standardised(float[] row, double[][] statistics) {
    double[] x = new double[row.length];
    for (int d = 0; d < x.length; d++) {
      x[d] = (row[d] - statistics[0][d]) / statistics[1][d];
    }
    return x;
  }

  /** The same head for features as they are. */
  private static LinearHead unstandardised(LinearHead head, double[][] statistics) {
    float[][] weight = new float[head.weight().length][head.dim()];
    float[] bias = head.bias().clone();
    for (int k = 0; k < weight.length; k++) {
      double shift = 0;
      for (int d = 0; d < weight[k].length; d++) {
        double w = head.weight()[k][d] / statistics[1][d];
        weight[k][d] = (float) w;
        shift += w * statistics[0][d];
      }
      bias[k] -= (float) shift;
    }
    return new LinearHead(weight, bias, head.task());
  }

  /** The fit that was kept. */
  public Candidate chosen() {
    return chosen;
  }

  /** Every fit with its scores on validation, best first. */
  public Report grid() {
    List<List<Object>> rows =
        candidates.stream()
            .sorted(ORDER)
            .map(c -> List.<Object>of(c.inversePenalty(), c.score(), c.loss()))
            .toList();
    return new Grid(ValidationScore.measure(task()).label(), rows, record());
  }

  private record Grid(String score, List<List<Object>> rows, RunRecord record) implements Report {
    @Override
    public String title() {
      return "Logistic regression on validation";
    }

    @Override
    public List<String> columns() {
      return List.of("C", score, "loss");
    }
  }

  @Override
  public String title() {
    return "logistic regression";
  }

  @Override
  public Task task() {
    return head.task();
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public RunRecord record() {
    return record;
  }

  @Override
  public float[][] predict(Features features) {
    if (features.size() > 0 && (features.dim() != head.dim() || !features.spec().equals(spec))) {
      throw new InputException(
          "Features of %s with %d values, but the regression was fitted to %s with %d."
              .formatted(features.spec(), features.dim(), spec, head.dim()),
          "Embed both with the same encoder and feature spec.");
    }
    return Arrays.stream(features.vectors())
        .parallel()
        .map(head::probabilities)
        .toArray(float[][]::new);
  }
}
