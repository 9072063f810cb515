package org.omnirad.plot;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.report.Segmentation;
import org.omnirad.run.InputException;

/** An image, its mask, what was predicted and how well, side by side. */
final class SegmentationPanel {

  private static final int WIDTH = 896;
  private static final int TILES = 5;

  private SegmentationPanel() {}

  static BufferedImage draw(Sample sample, Segmentation prediction) {
    RgbImage image = sample.image();
    if (prediction.width() != image.width() || prediction.height() != image.height()) {
      throw new InputException(
          "%s: a segmentation of %d x %d pixels for %d x %d."
              .formatted(
                  sample.id(),
                  prediction.width(),
                  prediction.height(),
                  image.width(),
                  image.height()),
          "Give that of this image.");
    }
    boolean known = sample.mask().isPresent();
    byte[] mask = prediction.mask();
    float[] foreground = ProbabilityMap.ofForeground(prediction.probabilities());
    int tileCount = known ? TILES : TILES - 2;
    var montage = new Montage(WIDTH, "", tileCount, TILES, 1);
    int side = montage.side();
    var tiles = new ArrayList<Montage.Tile>();
    var legend = new ArrayList<>(MaskOutline.legend(known));
    tiles.add(new Montage.Tile(image.toBufferedImage(), "image"));
    if (known) {
      tiles.add(new Montage.Tile(MaskOutline.draw(sample, side), "truth"));
    }
    tiles.add(new Montage.Tile(MaskOutline.draw(sample, mask, side), "prediction"));
    tiles.add(new Montage.Tile(ProbabilityMap.draw(image, foreground, side), "probability"));
    legend.add(Legend.Entry.probability());
    if (known) {
      tiles.add(new Montage.Tile(ErrorMap.draw(sample, mask, side), "errors"));
      legend.addAll(ErrorMap.legend(sample, mask));
    }
    return Legend.below(montage.draw(tiles::get), legend);
  }
}
