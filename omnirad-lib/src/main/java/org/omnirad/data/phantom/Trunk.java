package org.omnirad.data.phantom;

import java.util.SplittableRandom;

/**
 * What every axial CT slice of the trunk shows: table, skin, fat, muscle, ribs, spine. Breastbone
 * up, the patient's right on the left. Values in Hounsfield units.
 */
final class Trunk {

  static final double AIR = -1000;
  static final double FAT = -92;
  static final double MUSCLE = 55;

  final double halfWidth;
  final double halfDepth;
  final double fatMm;
  final Shape outline;
  final Shape cavity;
  final Noise noise;

  Trunk(SplittableRandom random) {
    this.halfWidth = random.nextDouble(140, 185);
    this.halfDepth = halfWidth * random.nextDouble(0.62, 0.78);
    this.fatMm = random.nextDouble(5, 26);
    this.noise = new Noise(random.nextInt());
    this.outline = Shape.oval(0, 0, halfWidth, halfDepth, 0, random.nextDouble(0.2, 0.6));
    this.cavity = outline.grown(-fatMm - random.nextDouble(10, 16));
  }

  /** Where the front of the vertebral body lies. */
  double spine() {
    return halfDepth - fatMm - 58;
  }

  void paintWall(Canvas canvas, SplittableRandom random) {
    Shape table = Shape.disc(0, halfDepth - 490, 500);
    canvas.fill(table.rim(4), -350);
    canvas.fill(outline, 15);
    canvas.fill(outline.grown(-2.5), FAT);
    Shape muscle = outline.grown(-fatMm);
    canvas.fill(muscle, MUSCLE);
    canvas.texture(muscle, noise.other(3), 14, 12);
    paintRibs(canvas, random);
  }

  private void paintRibs(Canvas canvas, SplittableRandom random) {
    double start = random.nextDouble(0.5);
    for (double turn = start; turn < 2 * Math.PI; turn += random.nextDouble(0.45, 0.75)) {
      double ux = Math.cos(turn);
      double uy = Math.sin(turn);
      double r = toWall(ux, uy);
      double length = random.nextDouble(8, 24);
      double lean = random.nextDouble(-0.25, 0.25);
      double x = r * ux;
      double y = r * uy;
      double tx = -uy * halfWidth / halfDepth + lean * ux;
      double ty = ux * halfDepth / halfWidth + lean * uy;
      double unit = length / Math.hypot(tx, ty) / 2;
      Shape rib = Shape.rod(x - unit * tx, y - unit * ty, x + unit * tx, y + unit * ty, 4.5, 4);
      canvas.fill(rib, random.nextDouble(400, 700));
      canvas.fill(rib.grown(-2), random.nextDouble(120, 260));
    }
  }

  // The distance of the cavity's wall from the middle, found by bisection.
  private double toWall(double ux, double uy) {
    double low = 0;
    double high = halfWidth;
    for (int i = 0; i < 12; i++) {
      double middle = (low + high) / 2;
      if (cavity.distance(middle * ux, middle * uy) < 4) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  void paintSpine(Canvas canvas, SplittableRandom random) {
    double y = spine() + 18;
    double bone = random.nextDouble(150, 260);
    for (int side = -1; side <= 1; side += 2) {
      canvas.fill(Shape.ellipse(side * 30, y + 38, 22, 17, side * 0.3), MUSCLE);
      canvas.fill(Shape.rod(side * 12, y + 22, side * 36, y + 30, 5, 3.5), 450);
      canvas.fill(Shape.rod(side * 12, y + 24, 0, y + 42, 4, 4), 450);
    }
    canvas.fill(Shape.rod(0, y + 40, 0, y + 58, 4, 3), 430);
    Shape body = Shape.oval(0, y, 21, 17, 0, 0.4);
    canvas.fill(body, 480);
    canvas.fill(body.grown(-2.2), bone);
    canvas.texture(body.grown(-2.2), noise.other(9), 60, 4);
    canvas.fill(Shape.ellipse(0, y + 25, 9, 7.5, 0), 30);
  }

  /** A tube that branches, such as a vessel. */
  static void tree(
      Canvas canvas,
      double value,
      double x,
      double y,
      double angle,
      double radius,
      SplittableRandom random) {
    if (radius < 0.8) {
      return;
    }
    double length = radius * random.nextDouble(5, 10);
    double bend = angle + random.nextDouble(-0.35, 0.35);
    double x1 = x + length * Math.cos(bend);
    double y1 = y + length * Math.sin(bend);
    canvas.fill(Shape.rod(x, y, x1, y1, radius, radius * 0.8), value);
    double fork = random.nextDouble(0.3, 0.8);
    tree(canvas, value, x1, y1, bend + fork, radius * random.nextDouble(0.55, 0.8), random);
    tree(canvas, value, x1, y1, bend - fork, radius * random.nextDouble(0.55, 0.8), random);
  }
}
