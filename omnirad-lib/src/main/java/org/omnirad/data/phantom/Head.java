package org.omnirad.data.phantom;

import java.util.Optional;
import java.util.SplittableRandom;

/** An axial slice through the head, forehead up, the patient's right on the left. */
final class Head {

  /**
   * What each tissue measures.
   *
   * @param air outside the head
   */
  record Tissues(
      double air,
      double skin,
      double fat,
      double bone,
      double marrow,
      double csf,
      double grey,
      double white,
      double falx,
      double lesion,
      double oedema) {}

  private final double halfWidth;
  private final double halfLength;
  private final double skull;
  private final double sulci;
  private final double ventricles;
  private final int level;
  private final Noise noise;
  private final Optional<Lesion> lesion;
  private final double oedemaMm;

  Head(SplittableRandom random) {
    this.halfWidth = random.nextDouble(66, 80);
    this.halfLength = random.nextDouble(82, 100);
    this.skull = random.nextDouble(5.5, 9);
    this.sulci = random.nextDouble(0.03, 0.13);
    this.ventricles = random.nextDouble(0.7, 1.5);
    this.level = random.nextInt(3);
    this.noise = new Noise(random.nextInt());
    this.oedemaMm = random.nextDouble(1.5, 9);
    double angle = random.nextDouble(2 * Math.PI);
    double out = Math.sqrt(random.nextDouble(0.03, 0.5));
    double diameter = random.nextDouble(9, 38);
    double reach = 1 - diameter / 110;
    Lesion any =
        Lesion.at(
            out * reach * (halfWidth - 16) * Math.cos(angle),
            out * reach * (halfLength - 16) * Math.sin(angle),
            diameter,
            random.nextDouble(0.05, 0.4),
            random);
    this.lesion = random.nextInt(4) == 0 ? Optional.empty() : Optional.of(any);
  }

  Optional<Lesion> lesion() {
    return lesion;
  }

  /** A pose as a technologist might leave it: turned, off centre, more or less zoomed. */
  View.Pose pose(SplittableRandom random) {
    var pose = View.Pose.around(random, 40, 45, 95, 270, 0.9);
    return lesion.map(l -> pose.showing(l.x(), l.y())).orElse(pose);
  }

  Canvas paint(View view, Tissues t) {
    Canvas canvas = new Canvas(view, t.air());
    Shape outline = Shape.oval(0, 0, halfWidth, halfLength, 0, 0.25);
    canvas.fill(outline, t.skin());
    canvas.fill(outline.grown(-2), t.fat());
    canvas.fill(outline.grown(-4.5), t.bone());
    canvas.fill(outline.grown(-4.5 - 0.3 * skull), t.marrow());
    canvas.fill(outline.grown(-4.5 - 0.65 * skull), t.bone());
    Shape inside = outline.grown(-4.5 - skull);
    canvas.fill(inside, t.csf());
    Shape brain = inside.grown(-1.5);
    canvas.paint(brain, 0, (x, y, old) -> brain(brain, view.pixelMm, x, y, t));
    paintMidline(canvas, t);
    paintDeep(canvas, t);
    lesion.ifPresent(l -> paintLesion(canvas, l, brain, t));
    return canvas;
  }

  // Sulci are where a random field crosses zero near the surface; grey matter lines them.
  private double brain(Shape brain, double pixelMm, double x, double y, Tissues t) {
    double depth = -brain.distance(x, y);
    if (depth > 30) {
      return t.white();
    }
    double r = Math.max(1, Math.sqrt(x * x + y * y));
    double inwards = 0.45 * depth;
    double fold = Math.abs(noise.at((x + inwards * x / r) / 13, (y + inwards * y / r) / 13));
    double soft = Math.max(0.08, 0.05 * pixelMm);
    double reach = 17 + 9 * noise.at(3 * x / r + 40, 3 * y / r);
    double open = sulci * Math.clamp(1.7 - 1.7 * depth / reach, -0.8, 1.0);
    double ribbon = 0.27 * Math.clamp(2 - 1.4 * depth / reach, -0.5, 1.0);
    double csf = cover((open - fold) / soft);
    double grey = Math.max(cover((open + ribbon - fold) / soft), cover((4 - depth) / 2));
    double matter = t.white() + grey * (t.grey() - t.white());
    return matter + csf * (t.csf() - matter);
  }

  private static double cover(double x) {
    return Math.clamp(0.5 + x, 0.0, 1.0);
  }

  private void paintMidline(Canvas canvas, Tissues t) {
    double end = halfLength - 12;
    double gap = 12 + 14 * ventricles;
    double reach = level == 2 ? 2 : gap;
    for (int side = -1; side <= 1; side += 2) {
      canvas.fill(Shape.rod(0, side * reach, 0, side * end, 1.1, 2), t.csf());
      canvas.fill(Shape.rod(0, side * (reach + 6), 0, side * end, 0.5, 1.2), t.falx());
    }
  }

  private void paintDeep(Canvas canvas, Tissues t) {
    double v = ventricles;
    for (int side = -1; side <= 1; side += 2) {
      if (level == 0) {
        canvas.fill(Shape.ellipse(side * 13, 8, 8, 13, side * 0.5), t.grey());
        canvas.fill(Shape.ellipse(side * 25, -6, 5.5, 16, side * -0.35), t.grey());
        canvas.fill(Shape.ellipse(side * 13, -17, 5, 9, side * -0.4), t.grey());
        canvas.fill(Shape.rod(side * 3, -13, side * 11, -29, 3 * v, 4.5 * v), t.csf());
        canvas.fill(Shape.rod(side * 19, 24, side * 24, 44, 4 * v, 2.5 * v), t.csf());
        canvas.fill(Shape.rod(0, 0, 0, 12, 1.6 * v, 1.2 * v), t.csf());
        canvas.fill(Shape.rod(side * 40, -4, side * 56, -12, 1.5, 3), t.csf());
      } else if (level == 1) {
        canvas.fill(Shape.rod(side * 8, -26, side * 9, 6, 4 * v, 4.5 * v), t.csf());
        canvas.fill(Shape.rod(side * 9, 6, side * 20, 32, 4.5 * v, 4 * v), t.csf());
        canvas.fill(Shape.ellipse(side * 17, -10, 4, 14, 0), t.grey());
      }
    }
  }

  private void paintLesion(Canvas canvas, Lesion lesion, Shape brain, Tissues t) {
    Shape around = lesion.shape().grown(oedemaMm).irregular(noise.other(3), oedemaMm, 12);
    canvas.fill(around.and(brain), t.oedema(), 5);
    canvas.fill(lesion.shape().and(brain), t.lesion(), 1.2);
    canvas.texture(lesion.shape().and(brain), noise.other(4), 0.12 * (t.lesion() - t.csf()), 6);
  }

  /** The caption's words on the lesion. */
  String place() {
    Lesion l = lesion.orElseThrow();
    String side = l.x() < 0 ? "right" : "left";
    if (Math.hypot(l.x() / halfWidth, l.y() / halfLength) < 0.33) {
      return "deep in the " + side + " hemisphere";
    }
    double front = l.y() / halfLength;
    String lobe =
        front < -0.3
            ? "frontal"
            : front > 0.45 ? "occipital" : level == 0 ? "temporal" : "parietal";
    return "in the " + side + " " + lobe + " lobe";
  }
}
