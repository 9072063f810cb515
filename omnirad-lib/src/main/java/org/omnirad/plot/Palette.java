package org.omnirad.plot;

import java.awt.Color;

/**
 * Fourteen colours that people with a colour vision deficiency tell apart: those of Okabe and Ito
 * (2008) without black, then of Paul Tol's muted scheme.
 */
final class Palette {

  private static final int[] RGB = {
    0x0072B2, 0xE69F00, 0x009E73, 0xD55E00, 0x56B4E9, 0xCC79A7, 0x000000, 0x882255, 0x999933,
    0x332288, 0x44AA99, 0xF0E442, 0xAA4499, 0x7F7F7F
  };

  private Palette() {}

  static int size() {
    return RGB.length;
  }

  /** The colour of class k; colours repeat after the last. */
  static Color color(int k, int alpha) {
    int rgb = RGB[k % RGB.length];
    return new Color(rgb >> 16, (rgb >> 8) & 255, rgb & 255, alpha);
  }
}
