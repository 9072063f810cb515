package org.omnirad.data.phantom;

import java.util.Optional;
import java.util.SplittableRandom;

/** A frontal chest radiograph; mm from the middle of the chest. */
final class XrayChest {

  private XrayChest() {}

  static Picture draw(int n, SplittableRandom random) {
    SplittableRandom pixels = random.split();
    Noise noise = new Noise(random.nextInt());
    double w = random.nextDouble(0.88, 1.12);
    double domes = random.nextDouble(62, 100);
    Shape[] lungs = lungs(w, domes, noise);
    int side = random.nextInt(2);
    Lesion lesion = lesion(lungs[side], w, side, random);
    boolean present = random.nextInt(4) != 0;
    double density = random.nextDouble(0.3, 0.6);
    View.Pose pose = View.Pose.around(random, 70, 70, 150, 400, 0.45);
    if (present) {
      pose = pose.showing(lesion.x(), lesion.y());
    }
    var film = new Radiograph(new View(n, pose, noise, 5, 70));
    paintSoft(film, w, random);
    for (Shape lung : lungs) {
      film.addBody(lung, -random.nextDouble(1.15, 1.3), 34);
    }
    paintVessels(film, lungs, random);
    paintMiddle(film, w, domes, random);
    paintBones(film, w, random);
    if (present) {
      film.addBody(lesion.shape().and(lungs[side]), density, 0.45 * lesion.diameterMm());
    }
    byte[] grey =
        film.picture(
            random.nextDouble(0.08, 0.2),
            random.nextDouble(0.008, 0.025),
            random.nextDouble(0.35, 0.55),
            random.nextDouble(2.5, 2.9),
            pixels);
    String found =
        present
            ? "%s %s in the %s %s zone."
                .formatted(
                    lesion.size(),
                    lesion.diameterMm() > 30 ? "mass" : "nodule",
                    side == 0 ? "right" : "left",
                    lesion.y() < -35 ? "upper" : lesion.y() < 25 ? "middle" : "lower")
            : "clear lungs.";
    return new Picture(
        grey,
        present ? film.canvas.mask(lesion.shape().and(lungs[side])) : new byte[n * n],
        "Frontal chest X-ray: " + found,
        present ? Optional.of(Finding.of(lesion, true, pose.fieldMm())) : Optional.empty());
  }

  private static Shape[] lungs(double w, double domes, Noise noise) {
    Shape right =
        Shape.oval(-68 * w, 0, 58 * w, 132, 0.06, 0.35)
            .minus(Shape.ellipse(-72 * w, domes + 72, 82 * w, 72, 0));
    Shape left =
        Shape.oval(70 * w, 0, 56 * w, 132, -0.06, 0.35)
            .minus(Shape.ellipse(76 * w, domes + 84, 80 * w, 72, 0));
    return new Shape[] {
      right.irregular(noise.other(3), 3, 40), left.irregular(noise.other(4), 3, 40)
    };
  }

  private static Lesion lesion(Shape lung, double w, int side, SplittableRandom random) {
    double diameter = random.nextDouble(12, 52);
    double x = 0;
    double y = 0;
    for (int attempt = 0; attempt < 20; attempt++) {
      x = (side == 0 ? -1 : 1) * w * random.nextDouble(30, 115);
      y = random.nextDouble(-105, 75);
      if (lung.distance(x, y) < -0.4 * diameter) {
        break;
      }
    }
    return Lesion.at(x, y, diameter, random.nextDouble(0.05, 0.4), random);
  }

  private static void paintSoft(Radiograph film, double w, SplittableRandom random) {
    double peak = random.nextDouble(1.75, 2.0);
    film.coverBody(Shape.oval(0, 60, 158 * w, 230, 0, 0.5), peak, 90);
    film.coverBody(Shape.rod(-100 * w, -125, 100 * w, -125, 45, 45), 0.8 * peak, 50);
    film.coverBody(Shape.rod(0, -240, 0, -120, 52, 62), 0.85 * peak, 50);
    film.coverBody(Shape.disc(0, -285, 82), 1.1 * peak, 60);
    for (int side = -1; side <= 1; side += 2) {
      film.coverBody(Shape.rod(side * 150 * w, -120, side * 205 * w, 60, 44, 38), 0.7 * peak, 40);
    }
  }

  private static void paintMiddle(
      Radiograph film, double w, double domes, SplittableRandom random) {
    double size = random.nextDouble(0.85, 1.2);
    film.addBody(Shape.rod(0, -150, 0, 190, 27, 32), 0.24, 20);
    film.addBody(Shape.ellipse(24 * w, domes - 42, 68 * size * w, 52 * size, 0.55), 0.72, 30);
    film.addBody(Shape.ellipse(-14 * w, domes - 62, 38 * size * w, 52, 0.1), 0.35, 24);
    film.addBody(Shape.disc(27, -62, random.nextDouble(14, 19)), 0.4, 12);
    film.addBody(Shape.rod(0, -180, 2, -52, 8.5, 8.5), -0.32, 6);
    if (random.nextBoolean()) {
      film.addBody(Shape.ellipse(70 * w, domes + 42, 26, 15, 0), -0.5, 12);
    }
    for (double y = -170; y < 200; y += 24) {
      film.addBody(Shape.oval(0, y, 17, 10, 0, 0.6), 0.11, 4);
    }
  }

  private static void paintVessels(Radiograph film, Shape[] lungs, SplittableRandom random) {
    for (int side = 0; side < 2; side++) {
      double outward = side == 0 ? Math.PI : 0;
      Radiograph lung = film.within(lungs[side]);
      for (int i = -3; i <= 3; i++) {
        branch(
            lung,
            (side == 0 ? -1 : 1) * 32,
            -12 + 5 * i,
            outward + (side == 0 ? -0.42 : 0.42) * i + random.nextDouble(-0.15, 0.15),
            random.nextDouble(4, 6.5),
            random);
      }
    }
  }

  private static void branch(
      Radiograph film, double x, double y, double angle, double r, SplittableRandom random) {
    if (r < 1.1) {
      return;
    }
    double length = r * random.nextDouble(4, 7);
    double x1 = x + length * Math.cos(angle);
    double y1 = y + length * Math.sin(angle);
    film.addBody(Shape.rod(x, y, x1, y1, r, 0.75 * r), 0.045 * r, r);
    double fork = random.nextDouble(0.25, 0.6);
    branch(film, x1, y1, angle + fork, r * random.nextDouble(0.55, 0.75), random);
    branch(film, x1, y1, angle - fork, r * random.nextDouble(0.55, 0.75), random);
  }

  // The ribs hang in the chest as tilted hoops: their backs fall outwards, their fronts inwards.
  private static void paintBones(Radiograph film, double w, SplittableRandom random) {
    double spacing = random.nextDouble(25, 29);
    double strength = random.nextDouble(0.2, 0.34);
    Shape cage = Shape.oval(0, 40, 132 * w, 190, 0, 0.3);
    film.canvas.paint(
        cage,
        0,
        (x, y, old) -> {
          double u = Math.min(1, Math.abs(x) / (130 * w));
          double arc = Math.sqrt(1 - u * u);
          double back = y + 128 - 95 * (1 - arc) * 0.55 + 14 * Math.sin(Math.PI * u);
          double front = y + 70 - 75 * (arc - 0.45);
          double steep = 0.75 + 0.25 * arc;
          double edge = 1 + 0.7 * u * u * u;
          double added = u < 0.13 ? 0 : edge * rib(back, spacing, 6.2, steep);
          return old + strength * (added + (u < 0.3 ? 0 : 0.55 * rib(front, spacing, 7, steep)));
        });
    for (int side = -1; side <= 1; side += 2) {
      double lift = random.nextDouble(-6, 10);
      double x = side * 14;
      film.addBone(x, -104, side * 70 * w, -116 - lift, 6.5, 0.85, 0.34);
      film.addBone(side * 70 * w, -116 - lift, side * 142 * w, -132 - lift, 6.5, 0.9, 0.34);
      film.addBody(
          Shape.oval(side * 128 * w, -70, 20, 48, side * -0.35, 0.2),
          random.nextDouble(0.06, 0.16),
          5);
      film.addBone(side * 158 * w, -112, side * 200 * w, 60, 15, 0.75, 0.55);
    }
  }

  private static double rib(double along, double spacing, double half, double steep) {
    double d = Math.abs(along - spacing * Math.rint(along / spacing)) * steep;
    return d >= half || along < -half || along > 9.5 * spacing
        ? 0
        : Radiograph.shell(d, half, 0.72 * half);
  }
}
