package org.omnirad.plot;

import java.awt.image.BufferedImage;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.run.InputException;

/** A mask under the pixels of a larger or smaller picture of its image. */
record MaskPixels(RgbImage image, byte[] mask) {

  /** The mask of a sample. */
  static MaskPixels truth(Sample sample) {
    byte[] mask =
        sample
            .mask()
            .orElseThrow(
                () ->
                    new InputException(
                        sample.id() + ": no mask.", "Take images of a dataset with masks."));
    return checked(sample, mask, "a mask");
  }

  /** A mask that was predicted for it. */
  static MaskPixels predicted(Sample sample, byte[] mask) {
    return checked(sample, mask, "a predicted mask");
  }

  private static MaskPixels checked(Sample sample, byte[] mask, String what) {
    RgbImage image = sample.image();
    if (mask.length != image.width() * image.height()) {
      throw new InputException(
          "%s: %s of %d pixels for %d x %d."
              .formatted(sample.id(), what, mask.length, image.width(), image.height()),
          "Give one value for each pixel.");
    }
    return new MaskPixels(image, mask);
  }

  /** The class at a pixel of a picture of the image; 0 outside. */
  int at(BufferedImage picture, int x, int y) {
    boolean inside = x >= 0 && y >= 0 && x < picture.getWidth() && y < picture.getHeight();
    return inside ? mask[Pictures.source(image, picture, x, y)] & 255 : 0;
  }
}
