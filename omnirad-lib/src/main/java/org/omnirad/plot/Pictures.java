package org.omnirad.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import org.omnirad.data.RgbImage;

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

  /** The picture with one byte for each pixel where that is enough, as its file is then smaller. */
  static BufferedImage compact(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    int[] rgb = picture.getRGB(0, 0, width, height, null, 0, width);
    int[] colors = Arrays.stream(rgb).distinct().limit(257).sorted().toArray();
    if (colors.length > 256) {
      return picture;
    }
    // A palette: pictures of TYPE_BYTE_GRAY change their brightness when they are drawn elsewhere.
    var palette = new IndexColorModel(8, colors.length, colors, 0, false, -1, DataBuffer.TYPE_BYTE);
    var compact = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, palette);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = Arrays.binarySearch(colors, rgb[i]);
    }
    compact.getRaster().setPixels(0, 0, width, height, rgb);
    return compact;
  }

  /** Which pixel of an image, row by row, lies under a pixel of a picture of it. */
  static int source(RgbImage image, BufferedImage picture, int x, int y) {
    int column = (2 * x + 1) * image.width() / (2 * picture.getWidth());
    int row = (2 * y + 1) * image.height() / (2 * picture.getHeight());
    return row * image.width() + column;
  }

  /** A colour laid over a pixel, as opaque as its alpha says. */
  static int over(int rgb, Color color) {
    int blended = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int below = rgb >> shift & 255;
      int above = color.getRGB() >> shift & 255;
      int value = (below * (255 - color.getAlpha()) + above * color.getAlpha() + 127) / 255;
      blended |= value << shift;
    }
    return blended;
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
