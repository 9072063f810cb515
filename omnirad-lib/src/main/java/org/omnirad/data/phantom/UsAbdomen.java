package org.omnirad.data.phantom;

import java.util.Optional;
import java.util.SplittableRandom;

/** The liver, and often kidney and gallbladder, under a curved ultrasound probe. */
final class UsAbdomen {

  private UsAbdomen() {}

  static Picture draw(int n, SplittableRandom random) {
    SplittableRandom pixels = random.split();
    Noise noise = new Noise(random.nextInt());
    View.Fan fan =
        new View.Fan(
            random.nextDouble(40, 65), random.nextDouble(110, 180), random.nextDouble(0.45, 0.62));
    UsFinding finding = UsFinding.ALL.get(random.nextInt(4));
    double diameter = random.nextDouble(12, 45);
    double beam = random.nextDouble(-0.6, 0.6) * fan.halfAngle();
    double reach = fan.probeMm() + random.nextDouble(35, 0.68 * fan.depthMm());
    Lesion lesion =
        Lesion.at(
            reach * Math.sin(beam),
            reach * Math.cos(beam) - fan.probeMm(),
            diameter,
            finding.raggedness,
            random);
    boolean present = random.nextInt(4) != 0;
    double whole = fan.depthMm() + fan.probeMm() * (1 - Math.cos(fan.halfAngle()));
    View.Pose field =
        new View.Pose(
            random.nextDouble(-20, 20),
            whole / 2 - fan.probeMm() * (1 - Math.cos(fan.halfAngle())),
            whole * random.nextDouble(0.6, 1.15),
            0);
    if (present) {
      field = field.showing(lesion.x(), lesion.y());
    }
    Ultrasound us = new Ultrasound(new View(n, fan, noise, 4, 40));
    paintOrgans(us, noise, fan, lesion.x() < 0 ? 1 : -1, random);
    if (present) {
      finding.paint(us, lesion, noise.other(8), random);
    }
    float[] echoes = us.scan(1.3, 0.4, random.nextDouble(0.02, 0.1), pixels);
    double top = random.nextDouble(15, 25);
    byte[] beams = Ultrasound.grey(echoes, top - random.nextDouble(45, 58), top);
    byte[] mask = new byte[n * n];
    if (present) {
      mask = new Canvas(new View(n, field, noise, 4, 40), 0).mask(lesion.shape());
    }
    String found =
        present
            ? "%s %s in the liver, %s."
                .formatted(
                    lesion.size(), finding.words, lesion.y() < 60 ? "near the probe" : "deep")
            : "no focal liver lesion.";
    return new Picture(
        Ultrasound.layOut(beams, n, fan, field),
        mask,
        "Ultrasound of the abdomen: " + found,
        present
            ? Optional.of(Finding.of(lesion, finding == UsFinding.BRIGHT, field.fieldMm()))
            : Optional.empty());
  }

  private static void paintOrgans(
      Ultrasound us, Noise noise, View.Fan fan, int farSide, SplittableRandom random) {
    Canvas echo = us.echo;
    double wall = random.nextDouble(12, 24);
    Noise fibres = noise.other(3);
    Noise grain = noise.other(4);
    double liver = random.nextDouble(-4, 3);
    echo.paint(
        Shape.disc(0, 0, 500),
        0,
        (x, y, old) ->
            y < wall
                ? -3 + 11 * fibres.at(x / 30, y / 2.2)
                : liver + 2.5 * grain.rough(x / 6, y / 6));
    echo.fill(Shape.rod(-200, wall, 200, wall, 0.8, 0.8), 9);
    int vessels = random.nextInt(3, 7);
    for (int i = 0; i < vessels; i++) {
      double angle = random.nextDouble(Math.PI);
      double x = random.nextDouble(-60, 60);
      double y = random.nextDouble(wall + 18, fan.depthMm() * 0.75);
      double length = random.nextDouble(15, 45);
      double r = random.nextDouble(1.8, 5);
      Shape vessel =
          Shape.rod(x, y, x + length * Math.cos(angle), y + length * Math.sin(angle), r, 0.6 * r);
      if (random.nextBoolean()) {
        echo.fill(vessel.grown(1.8), 8);
      }
      echo.fill(vessel, Ultrasound.NO_ECHO);
    }
    if (random.nextInt(3) != 0) {
      paintKidney(echo, noise, farSide, random);
    }
    double dome = fan.depthMm() * random.nextDouble(0.8, 1.1);
    Shape lung = Shape.disc(random.nextDouble(-50, 50), dome + 180, 180);
    echo.fill(lung, -9);
    us.loss.fill(lung, 0.15);
    echo.fill(lung.rim(2.5), 17);
    if (random.nextInt(3) == 0) {
      Shape bladder =
          Shape.ellipse(
              random.nextDouble(-40, 40),
              wall + random.nextDouble(20, 40),
              11,
              22,
              random.nextDouble(3));
      echo.fill(bladder.grown(1.5), 8);
      echo.fill(bladder, Ultrasound.NO_ECHO);
      us.loss.fill(bladder, -0.3);
    }
    if (random.nextInt(3) == 0) {
      double x = farSide * random.nextDouble(10, 45);
      us.loss.fill(Shape.ellipse(x, 6, random.nextDouble(4, 9), 4, 0), 3.5);
    }
  }

  private static void paintKidney(Canvas echo, Noise noise, int side, SplittableRandom random) {
    double x = side * random.nextDouble(25, 55);
    double y = random.nextDouble(70, 105);
    double angle = random.nextDouble(-0.6, 0.6);
    Shape kidney = Shape.ellipse(x, y, 46, 22, angle);
    echo.fill(kidney.grown(2.5), 8);
    echo.fill(kidney, -8);
    echo.texture(kidney, noise.other(7), 4, 9);
    Shape sinus = Shape.ellipse(x, y, 27, 8, angle).irregular(noise.other(6), 4, 8);
    echo.fill(sinus, 9, 2);
  }
}
