package org.omnirad.plot;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.Arrays;

/** Pictures at other sizes. */
final class Pictures {

  private Pictures() {}

  /** A picture as large as a square allows, its proportions kept. */
  static BufferedImage fit(BufferedImage picture, int side) {
    double scale = (double) side / Math.max(picture.getWidth(), picture.getHeight());
    int width = Math.max(1, (int) Math.round(picture.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(picture.getHeight() * scale));
    BufferedImage current = picture;
    // Bilinear reads four pixels only: a picture far larger is halved until they are enough.
    while (current.getWidth() > 2 * width && current.getHeight() > 2 * height) {
      current = scaled(current, current.getWidth() / 2, current.getHeight() / 2);
    }
    return scaled(current, width, height);
  }

  /** The picture with one byte for each pixel where all are grey, as its file is then smaller. */
  static BufferedImage compact(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    int[] rgb = picture.getRGB(0, 0, width, height, null, 0, width);
    if (!Arrays.stream(rgb).allMatch(p -> (p & 255) * 0x10101 == (p & 0xFFFFFF))) {
      return picture;
    }
    byte[] ramp = new byte[256];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) i;
    }
    // A palette: pictures of TYPE_BYTE_GRAY change their brightness when they are drawn elsewhere.
    var colors = new IndexColorModel(8, ramp.length, ramp, ramp, ramp);
    var compact = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, colors);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] &= 255;
    }
    compact.getRaster().setPixels(0, 0, width, height, rgb);
    return compact;
  }

  private static BufferedImage scaled(BufferedImage picture, int width, int height) {
    var scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = scaled.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.drawImage(picture, 0, 0, width, height, null);
    g.dispose();
    return scaled;
  }
}
