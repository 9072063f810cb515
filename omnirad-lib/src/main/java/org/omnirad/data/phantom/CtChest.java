package org.omnirad.data.phantom;

import java.util.Optional;
import java.util.SplittableRandom;

/** An axial CT slice through the chest. */
final class CtChest {

  private static final double LUNG = -860;

  private CtChest() {}

  static Picture draw(int n, SplittableRandom random) {
    SplittableRandom pixels = random.split();
    Trunk trunk = new Trunk(random);
    int level = random.nextInt(3);
    Shape[] lungs = lungs(trunk, level, random);
    int side = random.nextInt(2);
    Lesion lesion = lesion(lungs[side], trunk, side, random);
    boolean present = random.nextInt(4) != 0;
    double lesionHu =
        random.nextInt(3) == 0 ? random.nextDouble(-620, -400) : random.nextDouble(-20, 80);
    boolean lungWindow = random.nextBoolean();
    View.Pose pose = View.Pose.around(random, 80, 60, 160, 430, 0.5);
    if (present) {
      pose = pose.showing(lesion.x(), lesion.y());
    }
    View view = new View(n, pose, trunk.noise, 7, 60);
    Canvas canvas = new Canvas(view, Trunk.AIR);
    trunk.paintWall(canvas, random);
    canvas.fill(trunk.cavity, Trunk.FAT + 15);
    double blood = random.nextBoolean() ? 45 : random.nextDouble(120, 300);
    paintLungs(canvas, lungs, trunk, random);
    paintMediastinum(canvas, trunk, level, blood, random);
    trunk.paintSpine(canvas, random);
    if (present) {
      canvas.fill(lesion.shape(), lesionHu, 1.5);
    }
    byte[] grey =
        lungWindow
            ? CtScanner.picture(
                canvas,
                random.nextDouble(15, 45),
                random.nextDouble(-540, -400),
                random.nextDouble(1100, 1400),
                pixels)
            : CtScanner.picture(
                canvas,
                random.nextDouble(8, 20),
                random.nextDouble(30, 60),
                random.nextDouble(340, 500),
                pixels);
    String found =
        present
            ? "%s %s nodule in the %s lung, %s."
                .formatted(
                    lesion.size(),
                    lesionHu < -300 ? "ground-glass" : "solid",
                    side == 0 ? "right" : "left",
                    lesion.y() < 0 ? "anterior" : "posterior")
            : "no nodule.";
    return new Picture(
        grey,
        present ? canvas.mask(lesion.shape()) : new byte[n * n],
        "Axial CT of the chest, %s window: %s"
            .formatted(lungWindow ? "lung" : "mediastinal", found),
        present ? Optional.of(Finding.of(lesion, true, pose.fieldMm())) : Optional.empty());
  }

  private static Shape[] lungs(Trunk trunk, int level, SplittableRandom random) {
    double a = trunk.halfWidth * random.nextDouble(0.36, 0.42);
    double b = trunk.halfDepth * random.nextDouble(0.7, 0.85);
    double x = trunk.halfWidth * 0.45;
    Shape inner = trunk.cavity.grown(-3);
    Shape right = Shape.oval(-x, 4, a, b, 0.12, 0.3).and(inner);
    Shape left = Shape.oval(x, 4, a, b, -0.12, 0.3).and(inner);
    Shape middle = Shape.oval(0, 0, level == 2 ? 20 : 28, 200, 0, 0);
    Shape heart = heart(trunk, level);
    return new Shape[] {right.minus(middle).minus(heart), left.minus(middle).minus(heart)};
  }

  private static Shape heart(Trunk trunk, int level) {
    double size = level == 2 ? 1 : level == 1 ? 0.72 : 0.5;
    return Shape.ellipse(level == 2 ? 22 : 4, -0.22 * trunk.halfDepth, 62 * size, 46 * size, 0.5);
  }

  private static Lesion lesion(Shape lung, Trunk trunk, int side, SplittableRandom random) {
    double diameter = random.nextDouble(9, 40);
    double x = 0;
    double y = 0;
    for (int attempt = 0; attempt < 20; attempt++) {
      x = (side == 0 ? -1 : 1) * trunk.halfWidth * random.nextDouble(0.2, 0.8);
      y = trunk.halfDepth * random.nextDouble(-0.65, 0.7);
      if (lung.distance(x, y) < -0.35 * diameter) {
        break;
      }
    }
    return Lesion.at(x, y, diameter, random.nextDouble(0.05, 0.5), random);
  }

  private static void paintLungs(
      Canvas canvas, Shape[] lungs, Trunk trunk, SplittableRandom random) {
    double base = LUNG + random.nextDouble(-40, 60);
    double settle = random.nextDouble(0, 0.8);
    for (Shape lung : lungs) {
      canvas.paint(lung, 0, (x, y, old) -> base + settle * y);
      canvas.texture(lung, trunk.noise.other(5), 30, 5);
    }
    for (int side = 0; side < 2; side++) {
      double outward = side == 0 ? Math.PI : 0;
      Canvas lung = canvas.within(lungs[side]);
      for (int i = -2; i <= 2; i++) {
        double angle = outward + 0.5 * i + random.nextDouble(-0.2, 0.2);
        Trunk.tree(
            lung, 30, (side == 0 ? -1 : 1) * 26, 5, angle, random.nextDouble(2.6, 4.6), random);
      }
      for (int i = 0; i < 25; i++) {
        double x = (side == 0 ? -1 : 1) * trunk.halfWidth * random.nextDouble(0.15, 0.8);
        double y = trunk.halfDepth * random.nextDouble(-0.7, 0.75);
        double r = random.nextDouble(0.8, 2.4);
        lung.fill(Shape.disc(x, y, r), 0);
      }
    }
  }

  private static void paintMediastinum(
      Canvas canvas, Trunk trunk, int level, double blood, SplittableRandom random) {
    double front = -0.22 * trunk.halfDepth;
    double muscle = 45;
    if (level > 0) {
      Shape heart = heart(trunk, level);
      canvas.fill(heart, Trunk.FAT + 25);
      canvas.fill(heart.grown(-4), muscle + 20);
      if (level == 2) {
        canvas.fill(Shape.ellipse(38, front + 2, 24, 17, 0.5), blood);
        canvas.fill(Shape.ellipse(-4, front - 10, 20, 16, 0.4), blood * 0.9);
        canvas.fill(Shape.ellipse(8, front + 30, 22, 11, 0.1), blood * 0.95);
      } else {
        canvas.fill(Shape.disc(-10, front - 6, 15), blood);
        canvas.fill(Shape.ellipse(18, front + 2, 16, 13, 0.4), blood * 1.1);
        canvas.fill(Shape.rod(14, front + 14, -34, front + 26, 9, 7), blood * 1.1);
      }
    } else {
      canvas.fill(Shape.rod(-12, front - 8, 22, front + 34, 12, 12), blood);
      canvas.fill(Shape.disc(-24, front, 8), blood * 1.2);
    }
    canvas.fill(Shape.disc(20, trunk.spine() + 2, random.nextDouble(10, 14)), blood);
    canvas.fill(Shape.disc(8, trunk.spine() - 10, 5), muscle);
    if (level == 0) {
      canvas.fill(Shape.ellipse(0, trunk.spine() - 26, 8.5, 9.5, 0), -980);
    } else if (level == 1) {
      canvas.fill(Shape.ellipse(-15, trunk.spine() - 26, 7, 6, 0.3), -980);
      canvas.fill(Shape.ellipse(13, trunk.spine() - 26, 6.5, 5.5, -0.3), -980);
    }
    double chestWall = -trunk.halfDepth + trunk.fatMm + 8;
    Shape sternum = Shape.oval(0, chestWall, 17, 6, 0, 0.4);
    canvas.fill(sternum, 420);
    canvas.fill(sternum.grown(-2), 160);
  }
}
