package org.omnirad.data.phantom;

import java.util.SplittableRandom;

/**
 * A radiograph: how much of the beam is left behind the body. Regions add the thickness of what
 * they stand for, so that bones shine through soft tissue. Values are attenuation times thickness.
 */
final class Radiograph {

  final Canvas canvas;

  Radiograph(View view) {
    this(new Canvas(view, 0));
  }

  private Radiograph(Canvas canvas) {
    this.canvas = canvas;
  }

  /** The same film, where whatever is added stays inside a region. */
  Radiograph within(Shape shape) {
    return new Radiograph(canvas.within(shape));
  }

  /**
   * Adds a rounded body, thickest in the middle.
   *
   * @param shape its outline
   * @param peak what the middle adds
   * @param roundMm over how many mm from the border it gets thicker
   */
  void addBody(Shape shape, double peak, double roundMm) {
    canvas.paint(
        shape,
        0,
        (x, y, old) -> {
          double t = Math.clamp(-shape.distance(x, y) / roundMm, 0.0, 1.0);
          return old + peak * Math.sqrt(t * (2 - t));
        });
  }

  /** Makes a rounded body: soft tissue where bodies overlap is not thicker than the thickest. */
  void coverBody(Shape shape, double peak, double roundMm) {
    canvas.paint(
        shape,
        0,
        (x, y, old) -> {
          double t = Math.clamp(-shape.distance(x, y) / roundMm, 0.0, 1.0);
          return Math.max(old, peak * Math.sqrt(t * (2 - t)));
        });
  }

  /**
   * Adds a long bone: a tube with a dense shell, wider at its ends.
   *
   * @param waist radius at mid-length over radius at the ends
   */
  void addBone(double x0, double y0, double x1, double y1, double r, double waist, double peak) {
    var rod = new Shape.Rod(x0, y0, x1 - x0, y1 - y0, r, r);
    canvas.paint(
        rod,
        0,
        (x, y, old) -> {
          double t = rod.along(x, y);
          double ends = 4 * (t - 0.5) * (t - 0.5);
          double here = r * (waist + (1 - waist) * ends);
          double d = rod.fromAxis(x, y, t);
          return d >= here ? old : old + peak * shell(d, here, here * (0.72 - 0.12 * ends));
        });
  }

  /** Chord of a tube with a dense wall and a less dense core, 0 outside to about 1. */
  static double shell(double d, double outer, double inner) {
    double whole = Math.sqrt(Math.max(0, outer * outer - d * d));
    double core = Math.sqrt(Math.max(0, inner * inner - d * d));
    return (whole - 0.62 * core) / outer;
  }

  /**
   * The picture: scatter veils it, photons are counted, dense is white.
   *
   * @param scatter share of the detected light that is scattered
   * @param noise relative noise behind air
   * @param low attenuation shown black
   * @param high attenuation shown white
   */
  byte[] picture(double scatter, double noise, double low, double high, SplittableRandom random) {
    int n = canvas.view.n;
    float[] v = canvas.values;
    Canvas.blur(v, n, 0.5, 0.5);
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) Math.exp(-v[i]);
    }
    float[] veil = v.clone();
    Canvas.blur(veil, n, n / 24.0, n / 24.0);
    for (int i = 0; i < v.length; i++) {
      double light = (1 - scatter) * v[i] + scatter * veil[i];
      light += noise * Math.sqrt(light) * random.nextGaussian();
      v[i] = (float) -Math.log(Math.max(light, 1e-3));
    }
    return canvas.grey(low, high);
  }
}
