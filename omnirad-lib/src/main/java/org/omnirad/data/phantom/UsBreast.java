package org.omnirad.data.phantom;

import java.util.Optional;
import java.util.SplittableRandom;

/** A breast under a linear ultrasound probe. Skin on top; mm from the skin. */
final class UsBreast {

  private UsBreast() {}

  static Picture draw(int n, SplittableRandom random) {
    SplittableRandom pixels = random.split();
    Noise noise = new Noise(random.nextInt());
    double depth = random.nextDouble(28, 52);
    double shift = random.nextDouble(-20, 20);
    double gland = random.nextDouble(6, 13);
    double muscle = random.nextDouble(24, 36);
    UsFinding finding = UsFinding.ALL.get(random.nextInt(3));
    double diameter = random.nextDouble(5, Math.min(22, muscle - gland));
    double room = muscle - gland - 4 - 0.6 * diameter;
    Lesion lesion =
        Lesion.at(
            shift + depth * random.nextDouble(-0.33, 0.33),
            Math.min(
                gland + 0.3 * diameter + Math.max(1, room) * random.nextDouble(), 0.75 * depth),
            diameter,
            finding.raggedness,
            random);
    boolean present = random.nextInt(4) != 0;
    View view =
        new View(
            n,
            new View.Pose(shift, depth / 2, depth, random.nextDouble(-0.06, 0.06)),
            noise,
            2,
            16);
    Ultrasound us = new Ultrasound(view);
    paintLayers(us, noise, gland, muscle, random);
    if (present) {
      finding.paint(us, lesion, noise.other(8), random);
    }
    float[] echoes = us.scan(0.45, 0.16, random.nextDouble(0.05, 0.3), pixels);
    double top = random.nextDouble(15, 25);
    byte[] grey = Ultrasound.grey(echoes, top - random.nextDouble(45, 58), top);
    double across = (lesion.x() - shift) / depth;
    String found =
        present
            ? "%s %s, %s."
                .formatted(
                    lesion.size(),
                    finding.words,
                    across < -0.1
                        ? "left of the midline"
                        : across > 0.1 ? "right of the midline" : "in the midline")
            : "no focal lesion.";
    return new Picture(
        grey,
        present ? us.echo.mask(lesion.shape()) : new byte[n * n],
        "Ultrasound of the breast: " + found,
        present
            ? Optional.of(Finding.of(lesion, finding == UsFinding.BRIGHT, depth))
            : Optional.empty());
  }

  private static void paintLayers(
      Ultrasound us, Noise noise, double gland, double muscle, SplittableRandom random) {
    Canvas echo = us.echo;
    double dense = random.nextDouble(-2, 6);
    Shape all = Shape.disc(0, 0, 300);
    Noise lobules = noise.other(3);
    Noise ducts = noise.other(4);
    Noise edge = noise.other(5);
    Noise fibres = noise.other(6);
    echo.paint(
        all,
        0,
        (x, y, old) -> {
          double top = gland + 3.5 * edge.at(x / 11, 0.5);
          double bottom = muscle + 2 * edge.at(x / 18, 9.5);
          if (y < 1.6) {
            return 6;
          }
          double septum = 13 * Math.max(0, 1 - 9 * Math.abs(lobules.at(x / 9, y / 6)));
          if (y < top) {
            return -11 + septum;
          }
          if (Math.abs(y - bottom) < 0.35) {
            return 7;
          }
          if (y < bottom - 4) {
            return dense + 6 * ducts.rough(x / 5, y / 1.8);
          }
          if (y < bottom) {
            return -10 + septum;
          }
          return -9 + 9 * fibres.at(x / 14, y / 0.9);
        });
    double chest = muscle + random.nextDouble(7, 11);
    for (double x = random.nextDouble(-60, -40); x < 60; x += random.nextDouble(18, 26)) {
      Shape rib = Shape.ellipse(x, chest + 3, 6, 3, 0);
      echo.fill(rib, -12);
      echo.fill(rib.rim(0.7).above(chest + 2.5), 14);
      us.loss.fill(rib, 2.2);
    }
    echo.fill(Shape.rod(-200, chest + 6.5, 200, chest + 6.5, 0.5, 0.5), 12);
  }
}
