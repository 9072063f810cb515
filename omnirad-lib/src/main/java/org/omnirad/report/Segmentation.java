package org.omnirad.report;

import java.util.Locale;

/**
 * What a segmenter says of one image.
 *
 * @param width of the image in pixels
 * @param height likewise
 * @param mask height x width class indices in [0, C) as unsigned bytes, row by row, 0 for the
 *     background; not copied
 * @param probabilities C x (height x width), each in [0, 1]; not copied
 */
public record Segmentation(int width, int height, byte[] mask, float[][] probabilities) {

  private static final float ROUNDING = 1e-3f;

  /** Checks the sizes and that the values are in range. */
  public Segmentation {
    if (width < 1 || height < 1 || (long) width * height != mask.length) {
      throw new IllegalArgumentException(
          "a mask of %d pixels for %d x %d".formatted(mask.length, width, height));
    }
    if (probabilities.length < 2) {
      throw new IllegalArgumentException(
          "probabilities of %d classes; the background and one more are needed"
              .formatted(probabilities.length));
    }
    for (int k = 0; k < probabilities.length; k++) {
      check(k, probabilities[k], mask.length);
    }
    for (byte pixel : mask) {
      if ((pixel & 255) >= probabilities.length) {
        throw new IllegalArgumentException(
            "class %d in the mask; there are probabilities of %d classes"
                .formatted(pixel & 255, probabilities.length));
      }
    }
  }

  private static void check(int k, float[] values, int pixels) {
    if (values.length != pixels) {
      throw new IllegalArgumentException(
          "%d probabilities of class %d for %d pixels".formatted(values.length, k, pixels));
    }
    for (float p : values) {
      if (!(p >= 0 && p <= 1 + ROUNDING)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s as a probability of class %d: apply a softmax to logits", p, k));
      }
    }
  }

  /** The sizes. */
  @Override
  public String toString() {
    return "Segmentation %d x %d, %d classes".formatted(width, height, probabilities.length);
  }
}
