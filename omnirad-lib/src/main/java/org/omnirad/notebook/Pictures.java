package org.omnirad.notebook;

import java.awt.image.BufferedImage;
import java.util.Base64;
import org.knowm.xchart.internal.chartpart.Chart;
import org.omnirad.data.RgbImage;

/** How images and charts look. */
final class Pictures {

  /** A shorter side below this many pixels is enlarged. */
  private static final int COMFORTABLE_PIXELS = 128;

  private Pictures() {}

  /** The PNG file, in base64. */
  static String png(BufferedImage image) {
    return Base64.getEncoder().encodeToString(CompactPng.of(image));
  }

  static String text(BufferedImage image) {
    return "BufferedImage %d x %d".formatted(image.getWidth(), image.getHeight());
  }

  static String text(Chart<?, ?> chart) {
    return "%s %d x %d"
        .formatted(chart.getClass().getSimpleName(), chart.getWidth(), chart.getHeight());
  }

  static String text(RgbImage image) {
    int zoom = zoom(image);
    String shown = zoom == 1 ? "" : ", shown %d times larger".formatted(zoom);
    return "RgbImage %d x %d%s".formatted(image.width(), image.height(), shown);
  }

  /** A small image with each pixel as a square, so that it can be looked at. */
  static BufferedImage enlarged(RgbImage image) {
    BufferedImage small = image.toBufferedImage();
    int zoom = zoom(image);
    if (zoom == 1) {
      return small;
    }
    int width = image.width() * zoom;
    int height = image.height() * zoom;
    var large = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = large.createGraphics();
    graphics.drawImage(small, 0, 0, width, height, null); // nearest neighbour is the default
    graphics.dispose();
    return large;
  }

  private static int zoom(RgbImage image) {
    int shorter = Math.min(image.width(), image.height());
    return Math.max(1, Math.ceilDiv(COMFORTABLE_PIXELS, shorter));
  }
}
