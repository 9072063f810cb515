package org.omnirad.data.phantom;

import java.util.Optional;
import java.util.SplittableRandom;

/** An axial CT slice through the upper abdomen. */
final class CtAbdomen {

  private CtAbdomen() {}

  static Picture draw(int n, SplittableRandom random) {
    SplittableRandom pixels = random.split();
    Trunk trunk = new Trunk(random);
    boolean lower = random.nextBoolean();
    Shape liver = liver(trunk, lower, random);
    double contrast = random.nextDouble(0, 1);
    double liverHu = 52 + 60 * contrast + random.nextDouble(-8, 8);
    Lesion lesion = lesion(liver, trunk, random);
    boolean present = random.nextInt(4) != 0;
    boolean dark = random.nextInt(4) != 0;
    double lesionHu = liverHu + (dark ? -1 : 1) * random.nextDouble(35, 75);
    View.Pose pose = View.Pose.around(random, 80, 60, 160, 430, 0.5);
    if (present) {
      pose = pose.showing(lesion.x(), lesion.y());
    }
    View view = new View(n, pose, trunk.noise, 8, 55);
    Canvas canvas = new Canvas(view, Trunk.AIR);
    trunk.paintWall(canvas, random);
    canvas.fill(trunk.cavity, Trunk.FAT);
    paintBowel(canvas, trunk, lower, random);
    double blood = 45 + 150 * contrast;
    canvas.fill(liver, liverHu);
    canvas.texture(liver, trunk.noise.other(5), 5, 9);
    Canvas inLiver = canvas.within(liver.grown(-4));
    for (int i = 0; i < 4; i++) {
      double angle = Math.PI + random.nextDouble(-1.3, 1.3);
      Trunk.tree(inLiver, liverHu + 45 * contrast, -30, -5, angle, 4.5, random);
    }
    if (!lower) {
      paintSpleenAndStomach(canvas, trunk, liverHu, contrast, random);
    }
    paintKidneys(canvas, trunk, lower, contrast, random);
    canvas.fill(Shape.disc(10, trunk.spine() - 10, random.nextDouble(8.5, 12)), blood * 1.1);
    canvas.fill(Shape.ellipse(-18, trunk.spine() - 8, 12, 8, 0.2), blood * 0.85);
    trunk.paintSpine(canvas, random);
    if (present) {
      canvas.fill(lesion.shape().and(liver), lesionHu, 2.5);
    }
    byte[] grey =
        CtScanner.picture(
            canvas,
            random.nextDouble(8, 22),
            random.nextDouble(35, 75),
            random.nextDouble(340, 500),
            pixels);
    String found =
        present
            ? "%s %s lesion in the %s lobe of the liver."
                .formatted(
                    lesion.size(),
                    dark ? "hypodense" : "hyperdense",
                    lesion.x() < -25 ? "right" : "left")
            : "no focal liver lesion.";
    return new Picture(
        grey,
        present ? canvas.mask(lesion.shape().and(liver)) : new byte[n * n],
        "Axial CT of the abdomen, %s: %s"
            .formatted(contrast < 0.3 ? "without contrast" : "with contrast", found),
        present ? Optional.of(Finding.of(lesion, !dark, pose.fieldMm())) : Optional.empty());
  }

  private static Shape liver(Trunk trunk, boolean lower, SplittableRandom random) {
    double w = trunk.halfWidth;
    double d = trunk.halfDepth;
    Shape right =
        Shape.ellipse(-0.5 * w, -0.02 * d, 0.45 * w, random.nextDouble(0.6, 0.75) * d, 0.15);
    Shape whole =
        lower
            ? right
            : right.or(
                Shape.ellipse(
                    -0.1 * w, -0.45 * d, random.nextDouble(0.4, 0.55) * w, 0.3 * d, -0.12));
    Shape spine = Shape.disc(0, trunk.spine() + 8, 34);
    return whole.and(trunk.cavity.grown(-4)).minus(spine).irregular(trunk.noise.other(6), 4, 25);
  }

  private static Lesion lesion(Shape liver, Trunk trunk, SplittableRandom random) {
    double diameter = random.nextDouble(12, 55);
    double x = -0.5 * trunk.halfWidth;
    double y = 0;
    for (int attempt = 0; attempt < 20; attempt++) {
      double tryX = trunk.halfWidth * random.nextDouble(-0.85, 0.3);
      double tryY = trunk.halfDepth * random.nextDouble(-0.7, 0.6);
      if (liver.distance(tryX, tryY) < -0.4 * diameter) {
        x = tryX;
        y = tryY;
        break;
      }
    }
    return Lesion.at(x, y, diameter, random.nextDouble(0.02, 0.35), random);
  }

  private static void paintBowel(
      Canvas canvas, Trunk trunk, boolean lower, SplittableRandom random) {
    int loops = lower ? 16 : 7;
    for (int i = 0; i < loops; i++) {
      double x = trunk.halfWidth * random.nextDouble(lower ? -0.5 : 0, 0.7);
      double y = trunk.halfDepth * random.nextDouble(-0.65, 0.3);
      double r = random.nextDouble(9, 17);
      Shape loop =
          Shape.ellipse(x, y, r, r * random.nextDouble(0.7, 1.3), random.nextDouble(3))
              .and(trunk.cavity.grown(-4));
      canvas.fill(loop.grown(3), Trunk.FAT);
      canvas.fill(loop, 60);
      double filling = random.nextDouble();
      canvas.fill(loop.grown(-2.2), filling < 0.3 ? 240 : 18);
      if (filling > 0.6) {
        canvas.fill(loop.grown(-2.2).above(y + random.nextDouble(-0.4, 0.6) * r), -900);
      }
    }
  }

  private static void paintSpleenAndStomach(
      Canvas canvas, Trunk trunk, double liverHu, double contrast, SplittableRandom random) {
    double w = trunk.halfWidth;
    double d = trunk.halfDepth;
    Shape inner = trunk.cavity.grown(-4);
    Shape spleen = Shape.ellipse(0.66 * w, 0.25 * d, 0.14 * w, 0.38 * d, 0.35).and(inner);
    canvas.fill(spleen.grown(4), Trunk.FAT);
    canvas.fill(spleen, liverHu + 15 * contrast);
    Shape stomach =
        Shape.ellipse(0.38 * w, -0.32 * d, random.nextDouble(0.25, 0.36) * w, 0.28 * d, 0.5)
            .and(inner);
    canvas.fill(stomach.grown(3), Trunk.FAT);
    canvas.fill(stomach, 60 + 40 * contrast);
    canvas.fill(stomach.grown(-4), random.nextBoolean() ? 15 : 180);
    canvas.texture(stomach.grown(-4), trunk.noise.other(7), 25, 6);
    canvas.fill(stomach.grown(-4).above(d * random.nextDouble(-0.5, -0.3)), -950);
  }

  private static void paintKidneys(
      Canvas canvas, Trunk trunk, boolean lower, double contrast, SplittableRandom random) {
    double y = trunk.spine() + 8;
    for (int side = -1; side <= 1; side += 2) {
      if (lower) {
        canvas.fill(Shape.ellipse(side * 32, y + 12, 15, 19, 0), Trunk.MUSCLE + 5);
      }
      if (lower || random.nextInt(3) == 0) {
        double x = side * random.nextDouble(58, 74);
        Shape kidney = Shape.ellipse(x, y, 25, 31, side * -0.35);
        canvas.fill(kidney.grown(9).and(trunk.cavity), Trunk.FAT);
        canvas.fill(kidney, 38 + 150 * contrast);
        canvas.fill(kidney.grown(-9), 34 + 100 * contrast);
        canvas.fill(Shape.ellipse(x - side * 14, y - 6, 11, 9, side * 0.4), Trunk.FAT + 30);
      }
    }
  }
}
