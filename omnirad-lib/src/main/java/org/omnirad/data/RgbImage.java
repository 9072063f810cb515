package org.omnirad.data;

import java.awt.image.BufferedImage;

/**
 * An image as 8-bit RGB, rows from the top, three bytes per pixel. Grey images repeat their value
 * in the three channels.
 *
 * @param width pixels per row, at least 1
 * @param height rows, at least 1
 * @param rgb the {@code height x width x 3} values; not copied
 */
public record RgbImage(int width, int height, byte[] rgb) {

  /** Checks the sizes. */
  public RgbImage {
    if (width < 1 || height < 1 || (long) width * height * 3 != rgb.length) {
      throw new IllegalArgumentException(
          "%d bytes are not an RGB image of %d x %d pixels".formatted(rgb.length, width, height));
    }
  }

  /** An RGB image that repeats {@code height x width} grey values. */
  public static RgbImage ofGrey(int width, int height, byte[] grey) {
    byte[] rgb = new byte[Math.multiplyExact(3, grey.length)];
    for (int i = 0; i < grey.length; i++) {
      rgb[3 * i] = grey[i];
      rgb[3 * i + 1] = grey[i];
      rgb[3 * i + 2] = grey[i];
    }
    return new RgbImage(width, height, rgb);
  }

  /** The picture for display. */
  public BufferedImage toBufferedImage() {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++, i += 3) {
        row[x] = ((rgb[i] & 255) << 16) | ((rgb[i + 1] & 255) << 8) | (rgb[i + 2] & 255);
      }
      image.setRGB(0, y, width, 1, row, 0, width);
    }
    return image;
  }
}
