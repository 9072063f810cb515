package org.omnirad.plot;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Locale;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.report.SegmentationReport;
import org.omnirad.run.InputException;

/** The images that were segmented best, those in the middle, and the worst, a row of each. */
final class SegmentationCases {

  private static final int MAX_COLUMNS = 5;

  private record Case(String kind, int image) {}

  private SegmentationCases() {}

  static BufferedImage draw(SegmentationReport report, ImageList images, int count) {
    if (images.size() != report.size()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s is about %,d images, but %,d are given.",
              report.title(),
              report.size(),
              images.size()),
          "Give the images that were evaluated, in the same order.");
    }
    int[] ranked = report.byDice();
    int columns = Math.min(count, ranked.length);
    if (columns < 1 || columns > MAX_COLUMNS) {
      throw new InputException(
          "%s: %d cases of each kind, of %d images with foreground."
              .formatted(report.title(), count, ranked.length),
          "1 to %d can be drawn.".formatted(MAX_COLUMNS));
    }
    var cases = new ArrayList<Case>();
    int middle = (ranked.length - columns) / 2;
    for (int i = 0; i < columns; i++) {
      cases.add(new Case("best", ranked[i]));
    }
    for (int i = 0; i < columns; i++) {
      cases.add(new Case("median", ranked[middle + i]));
    }
    for (int i = 0; i < columns; i++) {
      cases.add(new Case("worst", ranked[ranked.length - 1 - i]));
    }
    var montage = new Montage(Titles.of(report.title(), images), cases.size(), columns, 2);
    return Legend.below(
        montage.draw(i -> tile(report, images, cases.get(i), montage.side())),
        MaskOutline.legend(true));
  }

  private static Montage.Tile tile(
      SegmentationReport report, ImageList images, Case shown, int side) {
    Sample sample = images.get(shown.image);
    if (!sample.id().equals(report.id(shown.image))) {
      throw new InputException(
          "Image %d is %s, but in %s it is %s."
              .formatted(shown.image, sample.id(), report.title(), report.id(shown.image)),
          "Give the images that were evaluated, in the same order.");
    }
    String caption =
        String.format(
            Locale.ROOT, "%s: Dice %.3f\n%s", shown.kind, report.dice(shown.image), sample.id());
    return new Montage.Tile(MaskOutline.draw(sample, report.mask(shown.image), side), caption);
  }
}
