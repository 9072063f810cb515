package org.omnirad.metric;

import java.util.Arrays;

/**
 * What becomes of the predictions for one class as the threshold falls: whatever scores at least
 * the threshold is said to be of the class. Equal scores are taken together. The points are those
 * of scikit-learn's {@code roc_curve} without dropping any, and of its {@code
 * precision_recall_curve} in reverse.
 *
 * @param thresholds T + 1, falling: infinity, where nothing is said to be of the class, then each
 *     of the T different scores
 * @param truePositives how many that are of the class score at least each threshold
 * @param falsePositives how many that are not of it do
 */
public record ThresholdCurve(double[] thresholds, long[] truePositives, long[] falsePositives) {

  /**
   * Counts at every threshold.
   *
   * @param truth N, 1 for the class and 0 for the rest, each at least once
   * @param scores N finite scores of the class
   * @throws IllegalArgumentException where only one of both is there
   */
  public static ThresholdCurve of(int[] truth, float[] scores) {
    Checks.classes("truth", truth, 2);
    long positives = Arrays.stream(truth).asLongStream().sum();
    if (positives == 0 || positives == truth.length) {
      throw new IllegalArgumentException(
          "class %d is absent from the truth, so that there is no curve"
              .formatted(positives == 0 ? 1 : 0));
    }
    return new RankedScores(truth, 1, scores).curve(scores);
  }

  /** The share of the rest that is said to be of the class, rising from 0 to 1. */
  public double[] falsePositiveRates() {
    return shares(falsePositives);
  }

  /** The share of the class that is found, rising from 0 to 1; recall by another name. */
  public double[] truePositiveRates() {
    return shares(truePositives);
  }

  /** Of what is said to be of the class, the share that is; 1 where nothing is said. */
  public double[] precisions() {
    double[] precisions = new double[thresholds.length];
    for (int t = 0; t < precisions.length; t++) {
      long said = truePositives[t] + falsePositives[t];
      precisions[t] = said == 0 ? 1 : (double) truePositives[t] / said;
    }
    return precisions;
  }

  /**
   * The average precision, the area under the steps of the precision-recall curve; equal to
   * scikit-learn's {@code average_precision_score}.
   */
  public double averagePrecision() {
    double[] precisions = precisions();
    double[] recalls = truePositiveRates();
    double area = 0;
    for (int t = 1; t < recalls.length; t++) {
      area += (recalls[t] - recalls[t - 1]) * precisions[t];
    }
    return area;
  }

  /** The area under the ROC curve, as {@link Auc#binary}. */
  public double auc() {
    double[] x = falsePositiveRates();
    double[] y = truePositiveRates();
    double area = 0;
    for (int t = 1; t < x.length; t++) {
      area += (x[t] - x[t - 1]) * (y[t] + y[t - 1]) / 2;
    }
    return area;
  }

  private static double[] shares(long[] counts) {
    double all = counts[counts.length - 1];
    return Arrays.stream(counts).mapToDouble(count -> count / all).toArray();
  }
}
