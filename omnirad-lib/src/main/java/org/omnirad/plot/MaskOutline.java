package org.omnirad.plot;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import org.omnirad.data.Sample;

/** Draws the edges of masks over their image. */
final class MaskOutline {

  private static final Color TRUTH = Palette.color(1, 255);
  private static final Color PREDICTION = Palette.color(4, 255);

  private MaskOutline() {}

  /** The image as large as a square of this side allows, with the edge one pixel wide. */
  static BufferedImage draw(Sample sample, int side) {
    BufferedImage picture = Pictures.fit(sample.image().toBufferedImage(), side);
    if (sample.mask().isPresent()) {
      trace(picture, MaskPixels.truth(sample), TRUTH, 1);
    }
    return picture;
  }

  /**
   * The image with a predicted edge over that of its mask, if it has one, which is twice as wide so
   * that it is seen where both agree.
   */
  static BufferedImage draw(Sample sample, byte[] predicted, int side) {
    BufferedImage picture = Pictures.fit(sample.image().toBufferedImage(), side);
    int width = side < 300 ? 1 : 2;
    if (sample.mask().isPresent()) {
      trace(picture, MaskPixels.truth(sample), TRUTH, 2 * width);
    }
    trace(picture, MaskPixels.predicted(sample, predicted), PREDICTION, width);
    return picture;
  }

  static List<Legend.Entry> legend(boolean withTruth) {
    var prediction = Legend.Entry.of(PREDICTION, "prediction");
    return withTruth ? List.of(Legend.Entry.of(TRUTH, "truth"), prediction) : List.of(prediction);
  }

  /** Draws the edge of each class inside it. */
  private static void trace(BufferedImage picture, MaskPixels mask, Color color, int width) {
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int here = mask.at(picture, x, y);
        boolean edge = false;
        for (int d = 1; d <= width && here != 0; d++) {
          edge |=
              mask.at(picture, x - d, y) != here
                  || mask.at(picture, x + d, y) != here
                  || mask.at(picture, x, y - d) != here
                  || mask.at(picture, x, y + d) != here;
        }
        if (edge) {
          picture.setRGB(x, y, color.getRGB());
        }
      }
    }
  }
}
