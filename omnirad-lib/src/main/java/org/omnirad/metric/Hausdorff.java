package org.omnirad.metric;

import java.util.Arrays;

/**
 * How far the borders of a class in two masks lie apart. A border pixel is one of the class with a
 * 4-neighbour that is not, or at the edge of the image.
 */
final class Hausdorff {

  private static final double QUANTILE = 0.95;

  private Hausdorff() {}

  /**
   * The larger of both 95th percentiles of the distances from the border pixels of one mask to the
   * nearest of the other.
   *
   * @return pixels; 0 where the class is in neither mask, the diagonal where it is in one only
   */
  static double percentile95(byte[] truth, byte[] predicted, int width, int height, int k) {
    int[] a = border(truth, width, height, k);
    int[] b = border(predicted, width, height, k);
    if (a.length == 0 || b.length == 0) {
      return a.length == b.length ? 0 : Math.hypot(width, height);
    }
    var box = Box.around(a, b, width);
    return Math.max(percentile95(a, b, box), percentile95(b, a, box));
  }

  /** The indices of the border pixels, rising. */
  private static int[] border(byte[] mask, int width, int height, int k) {
    byte wanted = (byte) k;
    int[] found = new int[mask.length];
    int count = 0;
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++, i++) {
        if (mask[i] == wanted
            && (x == 0
                || x == width - 1
                || y == 0
                || y == height - 1
                || mask[i - 1] != wanted
                || mask[i + 1] != wanted
                || mask[i - width] != wanted
                || mask[i + width] != wanted)) {
          found[count++] = i;
        }
      }
    }
    return Arrays.copyOf(found, count);
  }

  private static double percentile95(int[] from, int[] to, Box box) {
    long[] squares = squaredDistances(to, box);
    double[] distances =
        Arrays.stream(from)
            .mapToDouble(i -> Math.sqrt((double) squares[box.index(i)]))
            .sorted()
            .toArray();
    return Quantile.of(distances, QUANTILE);
  }

  /** The rectangle that holds both borders; no distance between them needs a pixel outside. */
  private record Box(int imageWidth, int left, int top, int width, int height) {

    static Box around(int[] a, int[] b, int imageWidth) {
      int left = Integer.MAX_VALUE;
      int right = 0;
      for (int[] pixels : new int[][] {a, b}) {
        for (int i : pixels) {
          left = Math.min(left, i % imageWidth);
          right = Math.max(right, i % imageWidth);
        }
      }
      int top = Math.min(a[0], b[0]) / imageWidth;
      int bottom = Math.max(a[a.length - 1], b[b.length - 1]) / imageWidth;
      return new Box(imageWidth, left, top, right - left + 1, bottom - top + 1);
    }

    int index(int pixel) {
      return (pixel / imageWidth - top) * width + pixel % imageWidth - left;
    }
  }

  /**
   * The exact squared distance of each pixel of the box to the nearest of some pixels, in linear
   * time (Meijster, Roerdink and Hesselink 2000).
   */
  private static long[] squaredDistances(int[] pixels, Box box) {
    int width = box.width;
    int[] down = new int[width * box.height];
    Arrays.fill(down, width + box.height); // farther than any pixel
    for (int i : pixels) {
      down[box.index(i)] = 0;
    }
    for (int i = width; i < down.length; i++) {
      down[i] = Math.min(down[i], down[i - width] + 1);
    }
    for (int i = down.length - width - 1; i >= 0; i--) {
      down[i] = Math.min(down[i], down[i + width] + 1);
    }
    long[] squares = new long[down.length];
    for (int row = 0; row < down.length; row += width) {
      long[] heights = new long[width];
      for (int x = 0; x < width; x++) {
        heights[x] = (long) down[row + x] * down[row + x];
      }
      lowerEnvelope(heights, squares, row);
    }
    return squares;
  }

  /**
   * Writes for each x the least of {@code (x - foot)^2 + heights[foot]} over all feet. From left to
   * right, a stack holds the feet of the parabolas that are the lowest somewhere, and where each
   * begins to be.
   */
  private static void lowerEnvelope(long[] heights, long[] least, int offset) {
    int width = heights.length;
    int[] feet = new int[width];
    int[] starts = new int[width];
    int top = 0;
    for (int x = 1; x < width; x++) {
      while (top >= 0
          && square(heights, feet[top], starts[top]) > square(heights, x, starts[top])) {
        top--;
      }
      long start = top < 0 ? 0 : 1 + lastBefore(heights, feet[top], x);
      if (start < width) {
        top++;
        feet[top] = x;
        starts[top] = (int) start;
      }
    }
    for (int x = width - 1; x >= 0; x--) {
      least[offset + x] = square(heights, feet[top], x);
      if (x == starts[top]) {
        top--;
      }
    }
  }

  private static long square(long[] heights, int foot, int x) {
    return (long) (x - foot) * (x - foot) + heights[foot];
  }

  /** The last x where the parabola of the right foot is not below that of the left one. */
  private static long lastBefore(long[] heights, int left, int right) {
    return Math.floorDiv(
        (long) right * right - (long) left * left + heights[right] - heights[left],
        2L * (right - left));
  }
}
