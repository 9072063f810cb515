package org.omnirad.data.phantom;

/**
 * Smooth random fields of the plane: gradient noise on the integer lattice (K. Perlin, "An image
 * synthesizer", SIGGRAPH 1985), with values within about -1 to 1.
 */
record Noise(int seed) {

  /** An independent field. */
  Noise other(int number) {
    return new Noise(mix(seed + number * 0x9E3779B9));
  }

  /** The field at one point; it varies over about one unit. */
  double at(double x, double y) {
    double fx = Math.floor(x);
    double fy = Math.floor(y);
    double dx = x - fx;
    double dy = y - fy;
    int ix = (int) fx;
    int iy = (int) fy;
    double u = smooth(dx);
    double v = smooth(dy);
    double top = slope(ix, iy, dx, dy);
    top += u * (slope(ix + 1, iy, dx - 1, dy) - top);
    double bottom = slope(ix, iy + 1, dx, dy - 1);
    bottom += u * (slope(ix + 1, iy + 1, dx - 1, dy - 1) - bottom);
    return 1.5 * (top + v * (bottom - top));
  }

  /** Coarse and fine structure together: two octaves. */
  double rough(double x, double y) {
    return (2 * at(x, y) + at(2.1 * x + 17, 2.1 * y - 5)) / 2.5;
  }

  // A plane through zero at a lattice point; its slope lies in a square, uniformly.
  private double slope(int ix, int iy, double dx, double dy) {
    int h = mix(seed ^ ix * 0x27D4EB2D ^ iy * 0x165667B1);
    return ((short) h * dx + (h >> 16) * dy) * 0x1p-15;
  }

  private static double smooth(double t) {
    return t * t * t * (t * (6 * t - 15) + 10);
  }

  private static int mix(int h) {
    h = (h ^ (h >>> 16)) * 0x7FEB352D;
    h = (h ^ (h >>> 15)) * 0x846CA68B;
    return h ^ (h >>> 16);
  }
}
