package org.omnirad.metric;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The area under the receiver operating characteristic: the probability that an item of the class
 * scores higher than one that is not of it, ties counted half (the Mann-Whitney statistic). Equal
 * to scikit-learn's {@code roc_auc_score}.
 */
public final class Auc {

  private Auc() {}

  /**
   * The area for two classes.
   *
   * @param truth N classes, 0 or 1
   * @param scores N scores of class 1, any finite numbers
   * @throws IllegalArgumentException where a class is absent from the truth
   */
  public static double binary(int[] truth, float[] scores) {
    Checks.classes("truth", truth, 2);
    requireAll(truth, 2);
    return new RankedScores(truth, 1, scores).auc(once(truth.length));
  }

  /**
   * The mean area of each class against the rest.
   *
   * @param truth N classes in [0, K)
   * @param scores N x K, any finite numbers
   * @throws IllegalArgumentException where a class is absent from the truth
   */
  public static double macroOneVsRest(int[] truth, float[][] scores) {
    RankedScores[] ranked = rank(truth, scores);
    requireAll(truth, ranked.length);
    return mean(ranked, once(truth.length));
  }

  private static RankedScores[] rank(int[] truth, float[][] scores) {
    Checks.sameLength("truth", truth.length, "scores", scores.length);
    int classes = scores.length == 0 ? 0 : scores[0].length;
    if (classes < 2) {
      throw new IllegalArgumentException(
          "scores of %d classes for %d items; at least 2 classes and one item are needed"
              .formatted(classes, scores.length));
    }
    Checks.classes("truth", truth, classes);
    for (float[] row : scores) {
      Checks.sameLength("a row of scores", row.length, "the first", classes);
    }
    return IntStream.range(0, classes)
        .mapToObj(k -> new RankedScores(truth, k, column(scores, k)))
        .toArray(RankedScores[]::new);
  }

  private static float[] column(float[][] scores, int k) {
    float[] column = new float[scores.length];
    for (int i = 0; i < column.length; i++) {
      column[i] = scores[i][k];
    }
    return column;
  }

  /** The mean over the classes that have an area; NaN where none has. */
  static double mean(RankedScores[] classes, int[] times) {
    return Arrays.stream(classes)
        .mapToDouble(c -> c.auc(times))
        .filter(a -> !Double.isNaN(a))
        .average()
        .orElse(Double.NaN);
  }

  private static void requireAll(int[] truth, int classes) {
    for (int k = 0; k < classes; k++) {
      int wanted = k;
      if (Arrays.stream(truth).noneMatch(t -> t == wanted)) {
        throw new IllegalArgumentException(
            "class %d is absent from the truth, so that its AUC has no value".formatted(k));
      }
    }
  }

  private static int[] once(int n) {
    int[] times = new int[n];
    Arrays.fill(times, 1);
    return times;
  }
}
