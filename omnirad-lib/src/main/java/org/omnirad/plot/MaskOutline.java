package org.omnirad.plot;

import java.awt.image.BufferedImage;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.run.InputException;

/** Draws the edge of a mask over its image. */
final class MaskOutline {

  private static final int ORANGE = 0xE69F00;

  private MaskOutline() {}

  /** The image as large as a square of this side allows, with the edge one pixel wide. */
  static BufferedImage draw(Sample sample, int side) {
    RgbImage image = sample.image();
    BufferedImage picture = Pictures.fit(image.toBufferedImage(), side);
    if (sample.mask().isEmpty()) {
      return picture;
    }
    byte[] mask = sample.mask().get();
    if (mask.length != image.width() * image.height()) {
      throw new InputException(
          "%s: a mask of %d pixels for %d x %d."
              .formatted(sample.id(), mask.length, image.width(), image.height()),
          "Give one value for each pixel.");
    }
    int width = picture.getWidth();
    int height = picture.getHeight();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int here = at(mask, image, x, y, width, height);
        if (here != 0
            && (at(mask, image, x - 1, y, width, height) != here
                || at(mask, image, x + 1, y, width, height) != here
                || at(mask, image, x, y - 1, width, height) != here
                || at(mask, image, x, y + 1, width, height) != here)) {
          picture.setRGB(x, y, ORANGE);
        }
      }
    }
    return picture;
  }

  /** The mask at a pixel of the picture; 0 outside. */
  private static int at(byte[] mask, RgbImage image, int x, int y, int width, int height) {
    if (x < 0 || y < 0 || x >= width || y >= height) {
      return 0;
    }
    int column = (2 * x + 1) * image.width() / (2 * width);
    int row = (2 * y + 1) * image.height() / (2 * height);
    return mask[row * image.width() + column];
  }
}
