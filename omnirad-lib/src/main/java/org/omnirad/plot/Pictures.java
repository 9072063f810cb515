package org.omnirad.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** Draws pictures at other sizes. */
final class Pictures {

  private Pictures() {}

  /** Draws a picture as large as a square allows, its proportions kept, on black. */
  static void drawInto(Graphics2D g, BufferedImage picture, int x, int y, int side) {
    double scale = (double) side / Math.max(picture.getWidth(), picture.getHeight());
    int width = Math.max(1, (int) Math.round(picture.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(picture.getHeight() * scale));
    g.setColor(Color.BLACK);
    g.fillRect(x, y, side, side);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.drawImage(
        halved(picture, width, height),
        x + (side - width) / 2,
        y + (side - height) / 2,
        width,
        height,
        null);
  }

  // Bilinear reads four pixels only, so that a picture far larger than its tile would flicker.
  private static BufferedImage halved(BufferedImage picture, int width, int height) {
    BufferedImage current = picture;
    while (current.getWidth() > 2 * width && current.getHeight() > 2 * height) {
      var half =
          new BufferedImage(
              current.getWidth() / 2, current.getHeight() / 2, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = half.createGraphics();
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      g.drawImage(current, 0, 0, half.getWidth(), half.getHeight(), null);
      g.dispose();
      current = half;
    }
    return current;
  }
}
