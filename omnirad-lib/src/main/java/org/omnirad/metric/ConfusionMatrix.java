package org.omnirad.metric;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How often each class was predicted for each true class, and the scores that follow from it, equal
 * to scikit-learn's with {@code zero_division=0}: a quotient of 0 by 0 counts as 0, and macro means
 * run over the classes that occur in the truth or in the predictions.
 *
 * @param counts K x K, row = true class, column = predicted class; not copied
 */
public record ConfusionMatrix(int[][] counts) {

  /** Checks that the matrix is square, without negative counts, and not empty. */
  public ConfusionMatrix {
    long total = 0;
    for (int[] row : counts) {
      if (row.length != counts.length || Arrays.stream(row).anyMatch(c -> c < 0)) {
        throw new IllegalArgumentException(
            "row %s of %d x %d counts".formatted(Arrays.toString(row), counts.length, row.length));
      }
      total += Arrays.stream(row).asLongStream().sum();
    }
    if (total == 0) {
      throw new IllegalArgumentException("nothing was predicted: a score needs at least one item");
    }
  }

  /**
   * Counts predictions.
   *
   * @param truth N classes in [0, K)
   * @param predicted N classes in [0, K)
   * @param classes K
   */
  public static ConfusionMatrix of(int[] truth, int[] predicted, int classes) {
    int[] once = new int[truth.length];
    Arrays.fill(once, 1);
    return of(truth, predicted, classes, once);
  }

  /**
   * Counts predictions of a resample.
   *
   * @param truth N classes in [0, K)
   * @param predicted N classes in [0, K)
   * @param classes K
   * @param times how often each item counts
   */
  public static ConfusionMatrix of(int[] truth, int[] predicted, int classes, int[] times) {
    Checks.sameLength("truth", truth.length, "predicted", predicted.length);
    Checks.sameLength("truth", truth.length, "times", times.length);
    Checks.classes("truth", truth, classes);
    Checks.classes("predicted", predicted, classes);
    int[][] counts = new int[classes][classes];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][predicted[i]] += times[i];
    }
    return new ConfusionMatrix(counts);
  }

  /** K, the number of classes. */
  public int classes() {
    return counts.length;
  }

  /** How many items are of this true class. */
  public long support(int k) {
    return Arrays.stream(counts[k]).asLongStream().sum();
  }

  /** How often this class was predicted. */
  public long predicted(int k) {
    return Arrays.stream(counts).mapToLong(row -> row[k]).sum();
  }

  /** The number of items. */
  public long total() {
    return IntStream.range(0, classes()).mapToLong(this::support).sum();
  }

  /** The share of items predicted rightly. */
  public double accuracy() {
    return (double) IntStream.range(0, classes()).mapToLong(k -> counts[k][k]).sum() / total();
  }

  /** Of the items predicted as this class, the share that are of it. */
  public double precision(int k) {
    return ratio(counts[k][k], predicted(k));
  }

  /** Of the items of this class, the share predicted as it. */
  public double recall(int k) {
    return ratio(counts[k][k], support(k));
  }

  /** The harmonic mean of precision and recall of this class. */
  public double f1(int k) {
    return ratio(2L * counts[k][k], predicted(k) + support(k));
  }

  /** The mean precision of the classes that occur. */
  public double macroPrecision() {
    return macro(this::precision);
  }

  /** The mean recall of the classes that occur. */
  public double macroRecall() {
    return macro(this::recall);
  }

  /** The mean F1 of the classes that occur. */
  public double macroF1() {
    return macro(this::f1);
  }

  /**
   * Agreement of ordered grades beyond chance, Cohen's kappa with weights that grow with the square
   * of the distance: 1 where all agree, 0 as by chance. Equal to scikit-learn's {@code
   * cohen_kappa_score} with {@code weights="quadratic"} and all K grades as labels.
   *
   * @return NaN where truth and predictions are all of one grade
   */
  public double quadraticKappa() {
    double observed = 0;
    double expected = 0;
    for (int i = 0; i < classes(); i++) {
      for (int j = 0; j < classes(); j++) {
        double weight = (double) (i - j) * (i - j);
        observed += weight * counts[i][j];
        expected += weight * support(i) * predicted(j);
      }
    }
    return expected == 0 ? Double.NaN : 1 - observed * total() / expected;
  }

  /** By how many grades the prediction is off, on average; classes are ordered grades. */
  public double meanAbsoluteError() {
    long sum = 0;
    for (int i = 0; i < classes(); i++) {
      for (int j = 0; j < classes(); j++) {
        sum += (long) Math.abs(i - j) * counts[i][j];
      }
    }
    return (double) sum / total();
  }

  private double macro(IntToDoubleFunction score) {
    IntPredicate occurs = k -> support(k) + predicted(k) > 0;
    return IntStream.range(0, classes()).filter(occurs).mapToDouble(score).average().orElseThrow();
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
