package org.omnirad.augment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * A batch of images as numbers.
 *
 * @param pixels (B, C, H, W) float32 from 0 to 1, C 1 or 3; an image smaller than H x W stands at
 *     the top left, and what fills the rest is finite
 * @param heights height of each of the B images in pixels, 1 to H
 * @param widths width of each of the B images in pixels, 1 to W
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record ImageBatch(NDArray pixels, int[] heights, int[] widths) {

  /** Checks shapes and type; the pixels' values are taken on trust, to keep them on the device. */
  public ImageBatch {
    Shape shape = pixels.getShape();
    if (shape.dimension() != 4 || (shape.get(1) != 1 && shape.get(1) != 3)) {
      throw new IllegalArgumentException(
          "pixels have shape %s, must be (B, 1 or 3, H, W)".formatted(shape));
    }
    if (pixels.getDataType() != DataType.FLOAT32) {
      throw new IllegalArgumentException(
          "pixels are %s, must be float32".formatted(pixels.getDataType()));
    }
    requireWithin("heights", heights, shape.get(0), shape.get(2));
    requireWithin("widths", widths, shape.get(0), shape.get(3));
    heights = heights.clone();
    widths = widths.clone();
  }

  /** Number of images. */
  public int size() {
    return heights.length;
  }

  private static void requireWithin(String name, int[] values, long count, long most) {
    if (values.length != count) {
      throw new IllegalArgumentException(
          "%d %s for a batch of %d images".formatted(values.length, name, count));
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 1 || values[i] > most) {
        throw new IllegalArgumentException(
            "%s[%d] is %d, must be 1 to %d, as pixels has it".formatted(name, i, values[i], most));
      }
    }
  }
}
