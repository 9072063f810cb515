package org.omnirad.plot;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.omnirad.data.Sample;

/** Colours the pixels of an image by whether they are predicted rightly. */
final class ErrorMap {

  private static final int ALPHA = 160;
  private static final Color RIGHT = Palette.color(2, ALPHA);
  // The pixels that only one mask has are of the colour of its outline.
  private static final Color INVENTED = Palette.color(4, ALPHA);
  private static final Color MISSED = Palette.color(1, ALPHA);
  private static final Color CONFUSED = Palette.color(11, ALPHA);

  private ErrorMap() {}

  static BufferedImage draw(Sample sample, byte[] predicted, int side) {
    MaskPixels truth = MaskPixels.truth(sample);
    MaskPixels said = MaskPixels.predicted(sample, predicted);
    BufferedImage picture = Pictures.fit(sample.image().toBufferedImage(), side);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int k = truth.at(picture, x, y);
        int p = said.at(picture, x, y);
        if (k != 0 || p != 0) {
          Color color = k == p ? RIGHT : k == 0 ? INVENTED : p == 0 ? MISSED : CONFUSED;
          picture.setRGB(x, y, Pictures.over(picture.getRGB(x, y), color));
        }
      }
    }
    return picture;
  }

  static List<Legend.Entry> legend(Sample sample, byte[] predicted) {
    var entries =
        new ArrayList<>(
            List.of(
                Legend.Entry.of(opaque(RIGHT), "true positive"),
                Legend.Entry.of(opaque(INVENTED), "false positive"),
                Legend.Entry.of(opaque(MISSED), "false negative")));
    byte[] truth = MaskPixels.truth(sample).mask();
    boolean confused =
        IntStream.range(0, truth.length)
            .anyMatch(i -> truth[i] != 0 && predicted[i] != 0 && truth[i] != predicted[i]);
    if (confused) {
      entries.add(Legend.Entry.of(opaque(CONFUSED), "other class"));
    }
    return entries;
  }

  private static Color opaque(Color color) {
    return new Color(color.getRGB());
  }
}
