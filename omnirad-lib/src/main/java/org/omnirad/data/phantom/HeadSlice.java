package org.omnirad.data.phantom;

import java.util.SplittableRandom;
import org.omnirad.data.phantom.Head.Tissues;

/** Axial slices through the head, by CT or MR. */
final class HeadSlice {

  private static final double BEND_MM = 3;
  private static final double BEND_SCALE_MM = 35;

  private HeadSlice() {}

  static Picture ct(int n, SplittableRandom random) {
    SplittableRandom pixels = random.split();
    Head head = new Head(random);
    boolean bright = random.nextInt(3) != 0;
    double lesion = bright ? random.nextDouble(58, 80) : random.nextDouble(10, 22);
    var hu = new Tissues(-1000, 40, -60, 1100, 600, 8, 39, 29, 58, lesion, bright ? 20 : 24);
    View.Pose pose = head.pose(random);
    Canvas canvas =
        head.paint(new View(n, pose, new Noise(random.nextInt()), BEND_MM, BEND_SCALE_MM), hu);
    double level = random.nextDouble(30, 42);
    byte[] grey =
        CtScanner.picture(
            canvas, random.nextDouble(2, 5), level, random.nextDouble(70, 130), pixels);
    String kind = bright ? "hyperdense" : "hypodense";
    return picture(canvas, grey, head, "Axial CT of the head", kind, bright, pose.fieldMm());
  }

  static Picture mr(int n, SplittableRandom random) {
    SplittableRandom pixels = random.split();
    Head head = new Head(random);
    int weighting = random.nextInt(3);
    Tissues signal =
        switch (weighting) {
          case 0 -> new Tissues(0, 0.6, 0.95, 0.05, 0.3, 0.14, 0.46, 0.68, 0.3, 0.3, 0.42);
          case 1 -> new Tissues(0, 0.3, 0.6, 0.05, 0.2, 0.98, 0.55, 0.36, 0.2, 0.82, 0.72);
          default -> new Tissues(0, 0.35, 0.6, 0.05, 0.22, 0.09, 0.5, 0.37, 0.25, 0.92, 0.74);
        };
    View.Pose pose = head.pose(random);
    Canvas canvas =
        head.paint(new View(n, pose, new Noise(random.nextInt()), BEND_MM, BEND_SCALE_MM), signal);
    byte[] grey = MrScanner.picture(canvas, random.nextDouble(0.015, 0.05), pixels);
    String name = weighting == 0 ? "T1-weighted" : weighting == 1 ? "T2-weighted" : "FLAIR";
    String kind = weighting == 0 ? "hypointense" : "hyperintense";
    return picture(
        canvas,
        grey,
        head,
        "Axial " + name + " MR image of the head",
        kind,
        weighting != 0,
        pose.fieldMm());
  }

  private static Picture picture(
      Canvas canvas,
      byte[] grey,
      Head head,
      String start,
      String kind,
      boolean bright,
      double fieldMm) {
    return new Picture(
        grey,
        head.lesion().map(l -> canvas.mask(l.shape())).orElseGet(() -> new byte[grey.length]),
        head.lesion()
            .map(l -> "%s: %s %s lesion %s.".formatted(start, l.size(), kind, head.place()))
            .orElseGet(() -> start + ": no focal lesion."),
        head.lesion().map(l -> Finding.of(l, bright, fieldMm)));
  }
}
