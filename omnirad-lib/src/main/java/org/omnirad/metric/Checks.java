package org.omnirad.metric;

import java.util.Locale;

/** The guards of every measure. */
final class Checks {

  private Checks() {}

  static void sameLength(String a, int lengthOfA, String b, int lengthOfB) {
    if (lengthOfA != lengthOfB) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s has %,d entries and %s has %,d; both need one per item",
              a,
              lengthOfA,
              b,
              lengthOfB));
    }
  }

  static void classes(String what, int[] classes, int k) {
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] < 0 || classes[i] >= k) {
        throw new IllegalArgumentException(
            "%s[%d] is %d; classes run from 0 to %d".formatted(what, i, classes[i], k - 1));
      }
    }
  }

  static void mask(String what, byte[] mask, int width, int height, int classes) {
    if (width < 1 || height < 1 || (long) width * height != mask.length) {
      throw new IllegalArgumentException(
          "%s has %d pixels, not %d x %d".formatted(what, mask.length, width, height));
    }
    for (int i = 0; i < mask.length; i++) {
      if ((mask[i] & 255) >= classes) {
        throw new IllegalArgumentException(
            "%s is %d at column %d of row %d; classes run from 0 to %d"
                .formatted(what, mask[i] & 255, i % width, i / width, classes - 1));
      }
    }
  }

  static void finite(float[] scores) {
    for (int i = 0; i < scores.length; i++) {
      if (!Float.isFinite(scores[i])) {
        throw new IllegalArgumentException("score %d is %s".formatted(i, scores[i]));
      }
    }
  }
}
