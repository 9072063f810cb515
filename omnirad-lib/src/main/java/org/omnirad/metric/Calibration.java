package org.omnirad.metric;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether probabilities mean what they say: of the predictions made with 80 % confidence, 80 %
 * should be right. Looked at is the probability of the predicted class and whether it is right; for
 * a multi-label task, the probability of each finding and whether it is present.
 *
 * @param bins of equal width, from 0 to 1
 * @param expectedError the expected calibration error (Naeini et al. 2015): the distance between
 *     mean confidence and share of right ones, averaged over all predictions, 0 to 1
 * @param brier the mean squared distance of probabilities and truth (Brier 1950), equal to
 *     scikit-learn's {@code brier_score_loss}: for a binary task of the second class, 0 to 1;
 *     averaged over findings, 0 to 1; else summed over the classes, 0 to 2
 */
public record Calibration(List<Bin> bins, double expectedError, double brier) {

  /**
   * The predictions whose confidence lies in a bin.
   *
   * @param low lower end of the bin, exclusive but for 0
   * @param high upper end, inclusive
   * @param count how many there are
   * @param confidence their mean confidence; NaN where there are none
   * @param right the share of them that is right; NaN where there are none
   */
  public record Bin(double low, double high, long count, double confidence, double right) {}

  /** Copies the list. */
  public Calibration {
    bins = List.copyOf(bins);
  }

  /** In 15 bins, as Guo et al. (2017). */
  public static Calibration of(Predictions predictions) {
    return of(predictions, 15);
  }

  /**
   * In bins of equal width.
   *
   * @param bins how many, at least 1
   */
  public static Calibration of(Predictions predictions, int bins) {
    if (bins < 1) {
      throw new IllegalArgumentException("%d bins; at least one is needed".formatted(bins));
    }
    long[] counts = new long[bins];
    double[] confidences = new double[bins];
    long[] rights = new long[bins];
    boolean findings = predictions.task() == Task.MULTI_LABEL;
    for (int i = 0; i < predictions.size(); i++) {
      for (int k = 0; k < predictions.classes(); k++) {
        if (findings || predictions.isPredicted(i, k)) {
          double confidence = predictions.probabilities()[i][k];
          int bin = bin(confidence, bins);
          counts[bin]++;
          confidences[bin] += confidence;
          rights[bin] += predictions.isTrue(i, k) ? 1 : 0;
        }
      }
    }
    List<Bin> filled =
        IntStream.range(0, bins)
            .mapToObj(
                b ->
                    new Bin(
                        (double) b / bins,
                        (b + 1.0) / bins,
                        counts[b],
                        confidences[b] / counts[b],
                        (double) rights[b] / counts[b]))
            .toList();
    double total = filled.stream().mapToLong(Bin::count).sum();
    double error =
        filled.stream()
            .filter(b -> b.count > 0)
            .mapToDouble(b -> b.count / total * Math.abs(b.confidence - b.right))
            .sum();
    return new Calibration(filled, error, brier(predictions));
  }

  private static int bin(double confidence, int bins) {
    int bin = 0;
    while (bin < bins - 1 && confidence > (bin + 1.0) / bins) {
      bin++;
    }
    return bin;
  }

  private static double brier(Predictions p) {
    double sum = 0;
    for (int i = 0; i < p.size(); i++) {
      for (int k = p.task() == Task.BINARY ? 1 : 0; k < p.classes(); k++) {
        double distance = p.probabilities()[i][k] - (p.isTrue(i, k) ? 1.0 : 0.0);
        sum += distance * distance;
      }
    }
    return sum / p.size() / (p.task() == Task.MULTI_LABEL ? p.classes() : 1);
  }
}
