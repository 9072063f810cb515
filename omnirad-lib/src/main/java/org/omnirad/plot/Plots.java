package org.omnirad.plot;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.latent.Projection;
import org.omnirad.report.Report;
import org.omnirad.run.InputException;
import tech.tablesaw.api.Table;

/** Pictures, charts and tables for a notebook, each made by one call. */
public final class Plots {

  private static final int MAX_TILES = 400;

  private Plots() {}

  /** Images in rows, each with its class name below where there is one. */
  public static BufferedImage montage(ImageList images, int columns) {
    checkTiles(images.size(), columns);
    var pictures = new ArrayList<RgbImage>();
    var captions = new ArrayList<String>();
    for (int i = 0; i < images.size(); i++) {
      Sample sample = images.get(i);
      pictures.add(sample.image());
      captions.add(caption(sample, images.classNames()));
    }
    return montage(pictures, captions, columns);
  }

  /** Images in rows. */
  public static BufferedImage montage(List<RgbImage> images, int columns) {
    return montage(images, images.stream().map(i -> "").toList(), columns);
  }

  /**
   * Images in rows with captions below, cut with an ellipsis where they are too long.
   *
   * @param captions one for each image; empty for none
   */
  public static BufferedImage montage(List<RgbImage> images, List<String> captions, int columns) {
    checkTiles(images.size(), columns);
    if (images.size() != captions.size()) {
      throw new InputException(
          "%d images and %d captions.".formatted(images.size(), captions.size()),
          "Give one caption for each image.");
    }
    return new Montage(columns).draw(images, captions);
  }

  /** Points coloured by class. */
  public static XYChart scatter(Projection projection, int[] labels, List<String> classNames) {
    return Scatter.chart(
        projection.toString(), projection.axes(), projection.points(), labels, classNames);
  }

  /**
   * Points coloured by class.
   *
   * @param points N x 2
   * @param labels N classes in [0, K)
   * @param classNames K names
   */
  public static XYChart scatter(double[][] points, int[] labels, List<String> classNames) {
    return Scatter.chart("", List.of("x", "y"), points, labels, classNames);
  }

  /** The rows of a report as a table. */
  public static Table table(Report report) {
    return ReportTable.of(report);
  }

  private static String caption(Sample sample, List<String> classNames) {
    int[] labels = sample.labels();
    return labels.length == 1 && labels[0] < classNames.size() ? classNames.get(labels[0]) : "";
  }

  private static void checkTiles(int count, int columns) {
    if (count < 1 || count > MAX_TILES || columns < 1) {
      throw new InputException(
          "A montage of %,d images in %d columns.".formatted(count, columns),
          "1 to %d images and at least one column are drawn; take fewer with first(40)."
              .formatted(MAX_TILES));
    }
  }
}
