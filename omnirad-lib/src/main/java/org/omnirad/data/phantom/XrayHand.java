package org.omnirad.data.phantom;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** A frontal radiograph of a hand, fingers up; mm from the middle of the palm. */
final class XrayHand {

  private static final List<String> FINGERS =
      List.of("thumb", "index finger", "middle finger", "ring finger", "little finger");

  // Base of the finger's first bone, its direction from upwards, and the lengths of its bones.
  private static final double[][] RAYS = {
    {-24, 32, -0.85, 42, 30, 23},
    {-15, 22, -0.16, 64, 39, 23, 17},
    {-3, 20, -0.02, 62, 43, 27, 18},
    {8, 22, 0.11, 56, 40, 26, 18},
    {18, 26, 0.26, 51, 32, 19, 16}
  };

  private XrayHand() {}

  private record Bone(
      double x0, double y0, double x1, double y1, double r, double waist, String name) {}

  static Picture draw(int n, SplittableRandom random) {
    SplittableRandom pixels = random.split();
    Noise noise = new Noise(random.nextInt());
    int mirror = random.nextBoolean() ? 1 : -1;
    List<Bone> bones = bones(mirror, random);
    Bone host = bones.get(random.nextInt(bones.size()));
    double t = random.nextDouble(0.2, 0.8);
    double diameter = host.r() * random.nextDouble(0.9, 1.8);
    Lesion lesion =
        Lesion.at(
            host.x0() + t * (host.x1() - host.x0()),
            host.y0() + t * (host.y1() - host.y0()),
            diameter,
            random.nextDouble(0.05, 0.3),
            random);
    boolean present = random.nextInt(4) != 0;
    boolean lucent = random.nextInt(3) != 0;
    View.Pose pose = View.Pose.around(random, 35, 40, 90, 230, 1.2);
    if (present) {
      pose = pose.showing(lesion.x(), lesion.y());
    }
    var film = new Radiograph(new View(n, pose, noise, 2, 40));
    double soft = random.nextDouble(0.35, 0.6);
    paintSoft(film, bones, mirror, soft);
    double dense = random.nextDouble(0.75, 1.05);
    for (Bone b : bones) {
      film.addBone(b.x0(), b.y0(), b.x1(), b.y1(), b.r(), b.waist(), dense);
    }
    paintWrist(film, mirror, dense, random);
    film.canvas.texture(Shape.disc(0, 0, 200), noise.other(4), 0.02, 2.5);
    if (present && lucent) {
      film.addBody(lesion.shape().grown(0.8), 0.3 * dense, 1);
      film.addBody(lesion.shape(), -0.85 * dense, 0.5 * diameter);
    } else if (present) {
      film.addBody(lesion.shape(), 0.8 * dense, 0.5 * diameter);
    }
    byte[] grey =
        film.picture(
            random.nextDouble(0.03, 0.1),
            random.nextDouble(0.008, 0.02),
            random.nextDouble(0.0, 0.1),
            random.nextDouble(1.3, 1.7),
            pixels);
    String found =
        present
            ? "%s %s lesion in the %s."
                .formatted(lesion.size(), lucent ? "lytic" : "sclerotic", host.name())
            : "no bone lesion.";
    return new Picture(
        grey,
        present ? film.canvas.mask(lesion.shape()) : new byte[n * n],
        "Frontal X-ray of the hand: " + found,
        present ? Optional.of(Finding.of(lesion, !lucent, pose.fieldMm())) : Optional.empty());
  }

  private static List<Bone> bones(int mirror, SplittableRandom random) {
    var bones = new ArrayList<Bone>();
    double size = random.nextDouble(0.85, 1.1);
    double spread = random.nextDouble(0.7, 1.4);
    for (int f = 0; f < RAYS.length; f++) {
      double[] ray = RAYS[f];
      double angle = ray[2] * spread + random.nextDouble(-0.06, 0.06);
      double x = size * ray[0] * mirror;
      double y = size * ray[1];
      double r = size * (f == 0 ? 6.4 : f == 4 ? 4.9 : 5.8);
      for (int k = 3; k < ray.length; k++) {
        double length = size * ray[k];
        double x1 = x + mirror * length * Math.sin(angle);
        double y1 = y - length * Math.cos(angle);
        double gap = (r + 0.3) / length;
        bones.add(
            new Bone(
                x + gap * (x1 - x),
                y + gap * (y1 - y),
                x1 - gap * (x1 - x),
                y1 - gap * (y1 - y),
                r,
                0.62,
                name(f, k - 3, ray.length - 3)));
        x = x1;
        y = y1;
        r *= 0.84;
        angle += random.nextDouble(-0.07, 0.07);
      }
    }
    return bones;
  }

  private static String name(int finger, int bone, int count) {
    String which =
        bone == 0
            ? "metacarpal"
            : bone == 1
                ? "proximal phalanx"
                : bone == count - 1 ? "distal phalanx" : "middle phalanx";
    return which + " of the " + FINGERS.get(finger);
  }

  private static void paintSoft(Radiograph film, List<Bone> bones, int mirror, double soft) {
    for (Bone b : bones) {
      boolean palm = b.name().startsWith("metacarpal");
      double r = b.r() + (palm ? 8 : 4);
      film.coverBody(
          Shape.rod(b.x0(), b.y0(), b.x1(), b.y1(), r, palm ? r : r * 0.93),
          palm ? soft * 1.25 : soft,
          r);
    }
    film.coverBody(Shape.oval(mirror * -2, 15, 34, 36, 0, 0.4), soft * 1.3, 16);
    film.coverBody(Shape.rod(0, 40, 0, 160, 27, 30), soft * 1.3, 20);
  }

  private static void paintWrist(
      Radiograph film, int mirror, double dense, SplittableRandom random) {
    for (int row = 0; row < 2; row++) {
      for (int i = 0; i < 4; i++) {
        double x = mirror * (-17 + 11.5 * i + random.nextDouble(-1.2, 1.2));
        double y = 34 + 13 * row + (i - 1.5) * (i - 1.5) * 0.8 + random.nextDouble(-1.2, 1.2);
        Shape carpal =
            Shape.oval(
                x,
                y,
                random.nextDouble(5.8, 7.4),
                random.nextDouble(6, 7.6),
                random.nextDouble(3),
                0.4);
        film.addBody(carpal, 0.42 * dense, 2.5);
        film.addBody(carpal.rim(1.4), 0.16 * dense, 0.7);
      }
    }
    film.addBone(mirror * -11, 62, mirror * -9, 190, 12, 0.62, dense * 0.95);
    film.addBone(mirror * 13, 65, mirror * 11, 190, 7.5, 0.75, dense * 0.95);
  }
}
