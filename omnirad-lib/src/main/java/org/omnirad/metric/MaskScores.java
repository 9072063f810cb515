package org.omnirad.metric;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How well a predicted mask agrees with the truth on one class of one image.
 *
 * @param truePositives pixels that are of the class and predicted
 * @param falsePositives pixels that are predicted only
 * @param falseNegatives pixels that are of the class only
 * @param trueNegatives all others
 * @param hausdorff95 see {@link MaskMeasure#HAUSDORFF_95}
 */
public record MaskScores(
    long truePositives,
    long falsePositives,
    long falseNegatives,
    long trueNegatives,
    double hausdorff95) {

  /**
   * Compares two masks of one image.
   *
   * @param truth height x width class indices in [0, C), as unsigned bytes, row by row
   * @param predicted likewise
   * @param classes C, at least 2 and at most 256, the background counted
   * @return C scores, the background first
   * @throws IllegalArgumentException where the sizes do not fit, or a mask holds another class
   */
  public static List<MaskScores> of(
      byte[] truth, byte[] predicted, int width, int height, int classes) {
    Checks.mask("truth", truth, width, height, classes);
    Checks.mask("predicted", predicted, width, height, classes);
    long[] both = new long[classes];
    long[] onlyTruth = new long[classes];
    long[] onlyPredicted = new long[classes];
    for (int i = 0; i < truth.length; i++) {
      int here = truth[i] & 255;
      int said = predicted[i] & 255;
      if (here == said) {
        both[here]++;
      } else {
        onlyTruth[here]++;
        onlyPredicted[said]++;
      }
    }
    return IntStream.range(0, classes)
        .mapToObj(
            k ->
                new MaskScores(
                    both[k],
                    onlyPredicted[k],
                    onlyTruth[k],
                    truth.length - both[k] - onlyPredicted[k] - onlyTruth[k],
                    Hausdorff.percentile95(truth, predicted, width, height, k)))
        .toList();
  }

  /** The pixels of one class of several images together, which have no distance. */
  static MaskScores pooled(List<MaskScores> images) {
    return new MaskScores(
        images.stream().mapToLong(MaskScores::truePositives).sum(),
        images.stream().mapToLong(MaskScores::falsePositives).sum(),
        images.stream().mapToLong(MaskScores::falseNegatives).sum(),
        images.stream().mapToLong(MaskScores::trueNegatives).sum(),
        Double.NaN);
  }

  /** Whether neither mask has a pixel of the class. */
  public boolean absent() {
    return truePositives + falsePositives + falseNegatives == 0;
  }

  /**
   * Whether a measure has a value that says something: its quotient is not one of 0 by 0, and the
   * class is not absent.
   */
  public boolean has(MaskMeasure measure) {
    return !Double.isNaN(raw(measure));
  }

  /**
   * A measure. A quotient of 0 by 0 counts as 1, as that of the class absent from both masks, or of
   * the precision where nothing is predicted; the distance of two absent masks is 0.
   */
  public double score(MaskMeasure measure) {
    double raw = raw(measure);
    return !Double.isNaN(raw) ? raw : measure == MaskMeasure.HAUSDORFF_95 ? 0 : 1;
  }

  private double raw(MaskMeasure measure) {
    return switch (measure) {
      case DICE -> ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
      case IOU -> ratio(truePositives, truePositives + falsePositives + falseNegatives);
      case PRECISION -> ratio(truePositives, truePositives + falsePositives);
      case RECALL -> ratio(truePositives, truePositives + falseNegatives);
      case SPECIFICITY -> ratio(trueNegatives, trueNegatives + falsePositives);
      case HAUSDORFF_95 -> absent() ? Double.NaN : hausdorff95;
    };
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
