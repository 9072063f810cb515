package org.omnirad.plot;

import java.awt.image.BufferedImage;
import org.omnirad.data.RgbImage;
import org.omnirad.run.InputException;

/** Draws the probability of each pixel over its image. */
final class ProbabilityMap {

  private ProbabilityMap() {}

  static BufferedImage draw(RgbImage image, float[] probabilities, int side) {
    if (probabilities.length != image.width() * image.height()) {
      throw new InputException(
          "%d probabilities for %d x %d pixels."
              .formatted(probabilities.length, image.width(), image.height()),
          "Give one for each pixel.");
    }
    BufferedImage picture = Pictures.fit(image.toBufferedImage(), side);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        float p = probabilities[Pictures.source(image, picture, x, y)];
        if (!(p >= 0 && p <= 1.001f)) {
          throw new InputException(
              "A probability of %s.".formatted(p), "Give numbers from 0 to 1.");
        }
        int rgb = picture.getRGB(x, y);
        picture.setRGB(x, y, Pictures.over(rgb, AttentionOverlay.heat(Math.min(1, p))));
      }
    }
    return picture;
  }

  /** Of not being background. */
  static float[] ofForeground(float[][] probabilities) {
    float[] foreground = new float[probabilities[0].length];
    for (int i = 0; i < foreground.length; i++) {
      foreground[i] = Math.clamp(1 - probabilities[0][i], 0f, 1f);
    }
    return foreground;
  }
}
