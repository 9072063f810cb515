package org.omnirad.tensor;

import java.util.List;

/** How many bytes a shape takes. */
final class Extent {

  /** More bytes than any file has, or an axis that overflows a long beside one of length 0. */
  static final long TOO_LARGE = -1;

  private Extent() {}

  /** The bytes of all elements, or {@link #TOO_LARGE}. */
  static long bytes(List<Long> shape, int elementBytes) {
    long bytes = elementBytes;
    try {
      for (long axis : shape) {
        bytes = Math.multiplyExact(bytes, Math.max(1, axis));
      }
    } catch (ArithmeticException e) {
      return TOO_LARGE;
    }
    return shape.contains(0L) ? 0 : bytes;
  }
}
