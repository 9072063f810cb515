package org.omnirad.data.phantom;

import java.util.SplittableRandom;

/** The classes: a modality and a body region. */
enum Examination {
  CT_ABDOMEN("CT abdomen"),
  CT_CHEST("CT chest"),
  CT_HEAD("CT head"),
  MR_HEAD("MR head"),
  US_ABDOMEN("US abdomen"),
  US_BREAST("US breast"),
  XRAY_CHEST("X-ray chest"),
  XRAY_HAND("X-ray hand");

  private final String label;

  Examination(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  Picture draw(int n, SplittableRandom random) {
    double cx = random.nextDouble(0.3, 0.7);
    double cy = random.nextDouble(0.3, 0.7);
    double radius = random.nextDouble(0.04, 0.15);
    double wave = label.length() + random.nextDouble();
    byte[] grey = new byte[n * n];
    byte[] mask = new byte[n * n];
    for (int i = 0; i < n * n; i++) {
      double x = (i % n + 0.5) / n;
      int row = i / n;
      double y = (row + 0.5) / n;
      boolean lesion = Math.hypot(x - cx, y - cy) < radius;
      double body = Math.hypot((x - 0.5) / 0.45, (y - 0.5) / 0.4) < 1 ? 90 : 10;
      double texture = 30 * Math.sin(wave * x * 3) * Math.cos(wave * y * 3);
      double value = body + texture + (lesion ? 60 : 0) + random.nextGaussian() * 12;
      grey[i] = (byte) Math.clamp(value, 0.0, 255.0);
      mask[i] = (byte) (lesion ? 1 : 0);
    }
    return new Picture(
        grey, mask, "%s: a %.0f mm lesion.".formatted(label, Math.max(1, radius * 400)));
  }
}
