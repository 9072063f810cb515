package org.omnirad.metric;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a classifier said of N images beside the truth, and how well the two agree.
 *
 * <p>Predicted is, as MedMNIST's evaluator has it, the most probable class (the first among
 * equals), but of two classes the second where its probability is above one half, and of findings
 * each whose probability is above one half.
 */
public final class Predictions {

  private static final float THRESHOLD = 0.5f;
  private static final double SUM_TOLERANCE = 1e-3;

  private final Task task;
  private final int[][] targets;
  private final float[][] probabilities;
  private final int classes;
  private final int[] predicted;
  // Which cell of a confusion matrix each image falls into: one matrix, or one for each finding.
  private final int[][] cells;
  private final RankedScores[] ranked;

  /**
   * Checks that the parts fit together; the arrays are not copied.
   *
   * @param targets N labels: one class in [0, K), or for a multi-label task K zeros and ones
   * @param probabilities N x K, each in [0, 1]; rows sum to 1 but for a multi-label task
   * @param classes K, at least 2, for a multi-label task at least 1
   * @throws IllegalArgumentException where something does not fit, naming the image
   */
  public Predictions(Task task, int[][] targets, float[][] probabilities, int classes) {
    boolean findings = task == Task.MULTI_LABEL;
    if (targets.length == 0 || targets.length != probabilities.length) {
      throw new IllegalArgumentException(
          "%d targets and %d predictions; at least one image is needed, and one prediction for each"
              .formatted(targets.length, probabilities.length));
    }
    if (classes < (findings ? 1 : 2) || (task == Task.BINARY && classes != 2)) {
      throw new IllegalArgumentException("%d classes of a task %s".formatted(classes, task));
    }
    this.task = task;
    this.targets = targets;
    this.probabilities = probabilities;
    this.classes = classes;
    for (int i = 0; i < targets.length; i++) {
      checkTarget(i);
      checkProbabilities(i);
    }
    this.predicted =
        findings ? new int[0] : IntStream.range(0, size()).map(this::mostProbable).toArray();
    this.cells = findings ? cellsOfFindings() : new int[][] {cellsOfClasses()};
    this.ranked =
        IntStream.range(task == Task.BINARY ? 1 : 0, classes)
            .mapToObj(k -> new RankedScores(truth(k), 1, scores(k)))
            .toArray(RankedScores[]::new);
  }

  /** What the labels mean. */
  public Task task() {
    return task;
  }

  /** N, the number of images. */
  public int size() {
    return targets.length;
  }

  /** K, the number of classes or findings. */
  public int classes() {
    return classes;
  }

  /** N labels: one class, or for a multi-label task K zeros and ones. */
  public int[][] targets() {
    return targets;
  }

  /** N x K. */
  public float[][] probabilities() {
    return probabilities;
  }

  /** Whether an image is of a class, or has a finding. */
  public boolean isTrue(int image, int k) {
    return task == Task.MULTI_LABEL ? targets[image][k] == 1 : targets[image][0] == k;
  }

  /** Whether a class or finding was predicted for an image. */
  public boolean isPredicted(int image, int k) {
    return task == Task.MULTI_LABEL ? probabilities[image][k] > THRESHOLD : predicted[image] == k;
  }

  /** Of one class or finding: 1 for the N images that are of it or have it, 0 for the others. */
  public int[] truth(int k) {
    return IntStream.range(0, size()).map(i -> isTrue(i, k) ? 1 : 0).toArray();
  }

  /** Of one class or finding: N probabilities. */
  public float[] scores(int k) {
    float[] scores = new float[size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = probabilities[i][k];
    }
    return scores;
  }

  /**
   * How often each class was predicted for each true class.
   *
   * @throws IllegalStateException for a multi-label task, which has a matrix for each finding only
   */
  public ConfusionMatrix confusion() {
    if (task == Task.MULTI_LABEL) {
      throw new IllegalStateException(
          "images with several findings have no one confusion matrix; ask for that of a finding");
    }
    return confusion(cells[0], classes, once());
  }

  /** One class or finding against the rest, 2 x 2: class 1 is it, class 0 everything else. */
  public ConfusionMatrix confusion(int k) {
    int[] said = IntStream.range(0, size()).map(i -> isPredicted(i, k) ? 1 : 0).toArray();
    return ConfusionMatrix.of(truth(k), said, 2);
  }

  /**
   * A measure of all images.
   *
   * @return NaN where it has no value
   * @throws IllegalArgumentException where the measure is not one of this task's
   */
  public double score(Measure measure) {
    boolean defined =
        measure != Measure.AUC
            || Arrays.stream(ranked).noneMatch(column -> Double.isNaN(column.auc(once())));
    return defined ? score(measure, once()) : Double.NaN;
  }

  /**
   * A measure of a resample. The AUC is the mean over those classes or findings that have one in
   * the resample.
   *
   * @param times how often each of the N images counts
   * @return NaN where it has no value
   * @throws IllegalArgumentException where the measure is not one of this task's
   */
  public double score(Measure measure, int[] times) {
    if (!Measure.of(task).contains(measure)) {
      throw new IllegalArgumentException("%s of a task %s".formatted(measure, task));
    }
    return switch (measure) {
      case ACCURACY -> mean(times, ConfusionMatrix::accuracy, ConfusionMatrix::accuracy);
      case MACRO_PRECISION -> mean(times, ConfusionMatrix::macroPrecision, m -> m.precision(1));
      case MACRO_RECALL -> mean(times, ConfusionMatrix::macroRecall, m -> m.recall(1));
      case MACRO_F1 -> mean(times, ConfusionMatrix::macroF1, m -> m.f1(1));
      case AUC -> Auc.mean(ranked, times);
      case QUADRATIC_KAPPA -> confusion(cells[0], classes, times).quadraticKappa();
      case MEAN_ABSOLUTE_ERROR -> confusion(cells[0], classes, times).meanAbsoluteError();
    };
  }

  /** A measure with its interval, undefined where it has no value on all images. */
  public Interval interval(Measure measure, Bootstrap bootstrap) {
    return Double.isNaN(score(measure))
        ? Interval.undefined(bootstrap.level())
        : bootstrap.interval(size(), times -> score(measure, times));
  }

  private double mean(
      int[] times,
      ToDoubleFunction<ConfusionMatrix> ofClasses,
      ToDoubleFunction<ConfusionMatrix> ofFinding) {
    if (task != Task.MULTI_LABEL) {
      return ofClasses.applyAsDouble(confusion(cells[0], classes, times));
    }
    double sum = 0;
    for (int[] finding : cells) {
      sum += ofFinding.applyAsDouble(confusion(finding, 2, times));
    }
    return sum / cells.length;
  }

  private static ConfusionMatrix confusion(int[] cells, int side, int[] times) {
    int[] flat = new int[side * side];
    for (int i = 0; i < cells.length; i++) {
      flat[cells[i]] += times[i];
    }
    int[][] counts = new int[side][];
    Arrays.setAll(counts, row -> Arrays.copyOfRange(flat, row * side, (row + 1) * side));
    return new ConfusionMatrix(counts);
  }

  private int[] cellsOfClasses() {
    return IntStream.range(0, size()).map(i -> targets[i][0] * classes + predicted[i]).toArray();
  }

  private int[][] cellsOfFindings() {
    return IntStream.range(0, classes)
        .mapToObj(
            k ->
                IntStream.range(0, size())
                    .map(i -> 2 * targets[i][k] + (isPredicted(i, k) ? 1 : 0))
                    .toArray())
        .toArray(int[][]::new);
  }

  private int mostProbable(int image) {
    float[] row = probabilities[image];
    if (task == Task.BINARY) {
      return row[1] > THRESHOLD ? 1 : 0;
    }
    int best = 0;
    for (int k = 1; k < classes; k++) {
      best = row[k] > row[best] ? k : best;
    }
    return best;
  }

  private void checkTarget(int image) {
    int[] target = targets[image];
    boolean findings = task == Task.MULTI_LABEL;
    if (!task.allows(target, classes)) {
      throw new IllegalArgumentException(
          "the target of image %d is %s; expected %s"
              .formatted(
                  image,
                  Arrays.toString(target),
                  findings
                      ? "%d zeros and ones".formatted(classes)
                      : "one class from 0 to %d".formatted(classes - 1)));
    }
  }

  private void checkProbabilities(int image) {
    float[] row = probabilities[image];
    boolean findings = task == Task.MULTI_LABEL;
    double sum = 0;
    boolean valid = row.length == classes;
    for (float p : row) {
      valid &= p >= 0 && p <= 1 + SUM_TOLERANCE;
      sum += p;
    }
    if (!valid || !(findings || Math.abs(sum - 1) < SUM_TOLERANCE)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the prediction for image %d has %d values with sum %.4g; expected %d probabilities%s",
              image,
              row.length,
              sum,
              classes,
              findings ? ": apply a sigmoid to logits" : " with sum 1: apply a softmax to logits"));
    }
  }

  private int[] once() {
    int[] times = new int[size()];
    Arrays.fill(times, 1);
    return times;
  }
}
