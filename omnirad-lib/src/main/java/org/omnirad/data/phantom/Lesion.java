package org.omnirad.data.phantom;

import java.util.SplittableRandom;

/**
 * A lesion: where it is and how large.
 *
 * @param shape its outline
 * @param x its centre, mm
 * @param y its centre, mm
 * @param diameterMm its longest diameter before the border becomes irregular
 * @param raggedness by how much of its radius the border varies, 0 to 0.5
 */
record Lesion(Shape shape, double x, double y, double diameterMm, double raggedness) {

  /** A rounded lesion, its border irregular. */
  static Lesion at(
      double x, double y, double diameterMm, double raggedness, SplittableRandom random) {
    double major = diameterMm / 2;
    double minor = major * random.nextDouble(0.65, 1);
    Shape oval = Shape.ellipse(x, y, major, minor, random.nextDouble(Math.PI));
    Noise noise = new Noise(random.nextInt());
    Shape shape = oval.irregular(noise, raggedness * major, 0.5 * major);
    return new Lesion(shape, x, y, diameterMm, raggedness);
  }

  /** The size as a caption says it. */
  String size() {
    return Math.round(diameterMm) + " mm";
  }
}
