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

  boolean isOfAbdomen() {
    return this == CT_ABDOMEN || this == US_ABDOMEN;
  }

  /** A picture of n x n pixels; patient, pose and lesion do not depend on n. */
  Picture draw(int n, SplittableRandom random) {
    SplittableRandom display = random.split();
    Picture picture = examine(n, random);
    show(picture.grey(), display);
    return picture;
  }

  private Picture examine(int n, SplittableRandom random) {
    return switch (this) {
      case CT_ABDOMEN -> CtAbdomen.draw(n, random);
      case CT_CHEST -> CtChest.draw(n, random);
      case CT_HEAD -> HeadSlice.ct(n, random);
      case MR_HEAD -> HeadSlice.mr(n, random);
      case US_ABDOMEN -> UsAbdomen.draw(n, random);
      case US_BREAST -> UsBreast.draw(n, random);
      case XRAY_CHEST -> XrayChest.draw(n, random);
      case XRAY_HAND -> XrayHand.draw(n, random);
    };
  }

  // Displays and exports differ: black level, white level and gamma are never quite the same.
  private static void show(byte[] grey, SplittableRandom random) {
    double black = random.nextDouble(0, 10);
    double white = random.nextDouble(230, 255);
    double gamma = Math.exp(random.nextDouble(-0.25, 0.25));
    byte[] shown = new byte[256];
    for (int value = 0; value < shown.length; value++) {
      shown[value] = (byte) (black + (white - black) * Math.pow(value / 255.0, gamma));
    }
    for (int i = 0; i < grey.length; i++) {
      grey[i] = shown[grey[i] & 255];
    }
  }
}
