package org.omnirad.metric;

/** Linear between the two nearest values, as numpy's default. */
final class Quantile {

  private Quantile() {}

  static double of(double[] sorted, double q) {
    double position = q * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
