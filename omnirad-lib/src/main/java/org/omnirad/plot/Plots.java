package org.omnirad.plot;

import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.XYChart;
import org.omnirad.data.CaptionedPictures;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.encoder.AttentionMaps;
import org.omnirad.latent.Projection;
import org.omnirad.metric.Interval;
import org.omnirad.metric.Task;
import org.omnirad.report.ClassificationReport;
import org.omnirad.report.Report;
import org.omnirad.report.Segmentation;
import org.omnirad.report.SegmentationReport;
import org.omnirad.run.InputException;
import tech.tablesaw.api.Table;

/**
 * Pictures, charts and tables for a notebook, each made by one call and at most 900 pixels wide.
 */
public final class Plots {

  /** The most images of a montage. */
  public static final int MAX_TILES = 400;

  /** The width of a chart of {@link #curves} in pixels; two fit side by side. */
  public static final int CURVES_WIDTH = 430;

  /** The height of a chart of {@link #curves} in pixels. */
  public static final int CURVES_HEIGHT = 300;

  /** The longer side of a picture of one image in pixels. */
  private static final int SIDE = 448;

  private Plots() {}

  /**
   * Images in rows under the name of their dataset and split, each with its class name or findings
   * below where there are any.
   *
   * @param images 1 to {@value #MAX_TILES}; {@link ImageList#first} takes fewer
   * @param columns tiles in a row, from 64 to 176 pixels wide
   */
  public static BufferedImage montage(ImageList images, int columns) {
    return montage(Titles.of(images), images, columns);
  }

  /** Images in rows, as {@link #montage(ImageList, int)}, under a title of one's own. */
  public static BufferedImage montage(String title, ImageList images, int columns) {
    List<String> classNames = images.classNames();
    return montage(title, images.size(), columns, classNames.isEmpty() ? 0 : 1)
        .draw(
            i -> {
              Sample sample = images.get(i);
              return new Montage.Tile(sample.image().toBufferedImage(), caption(sample, images));
            });
  }

  /** Images in rows, as {@link #montage(ImageList, int)}, without title and captions. */
  public static BufferedImage montage(List<RgbImage> images, int columns) {
    return montage(images, Collections.nCopies(images.size(), ""), columns);
  }

  /** Images in rows, as {@link #montage(String, List, List, int)}, without a title. */
  public static BufferedImage montage(List<RgbImage> images, List<String> captions, int columns) {
    return montage("", images, captions, columns);
  }

  /**
   * Images in rows, as {@link #montage(ImageList, int)}, with title and captions of one's own.
   *
   * @param title may be empty; best whose images they are
   * @param captions one for each image, cut with an ellipsis where it is wider than its tile
   */
  public static BufferedImage montage(
      String title, List<RgbImage> images, List<String> captions, int columns) {
    if (images.size() != captions.size()) {
      throw new InputException(
          "%d images and %d captions.".formatted(images.size(), captions.size()),
          "Give one caption for each image.");
    }
    int lines = captions.stream().mapToInt(c -> (int) c.lines().count()).max().orElse(0);
    return montage(title, images.size(), columns, lines)
        .draw(i -> new Montage.Tile(images.get(i).toBufferedImage(), captions.get(i)));
  }

  /** Pictures in rows under their title, each with its caption. */
  public static BufferedImage montage(CaptionedPictures shown) {
    return montage(shown.title(), shown.pictures(), shown.captions(), shown.columns());
  }

  /**
   * Images in rows, as {@link #montage(ImageList, int)}, with the edge of each mask in orange.
   *
   * @throws InputException where no image has a mask
   */
  public static BufferedImage masks(ImageList images, int columns) {
    List<String> classNames = images.classNames();
    Montage montage =
        montage(Titles.of(images), images.size(), columns, classNames.isEmpty() ? 0 : 1);
    var masked = new AtomicBoolean();
    BufferedImage drawn =
        montage.draw(
            i -> {
              Sample sample = images.get(i);
              masked.compareAndSet(false, sample.mask().isPresent());
              return new Montage.Tile(
                  MaskOutline.draw(sample, montage.side()), caption(sample, images));
            });
    if (!masked.get()) {
      throw new InputException("These images have no masks.", "Draw them with montage.");
    }
    return drawn;
  }

  /** The share of each class in each split, which a fair split keeps alike. */
  public static CategoryChart classBalance(ImageDataset dataset) {
    return BalanceChart.of(dataset);
  }

  /**
   * Points, a colour and a marker for each class; a unit is as long on both axes.
   *
   * @param labels N classes in [0, K)
   * @param classNames K names; classes without points are left out of the legend
   */
  public static XYChart scatter(Projection projection, int[] labels, List<String> classNames) {
    double[][] points = projection.points();
    XYChart chart =
        Scatter.chart(projection.toString(), projection.axes(), points, labels, classNames);
    return Scatter.equalScales(chart, points);
  }

  /**
   * Points, a colour and a marker for each class.
   *
   * @param points N x 2
   * @param labels N classes in [0, K)
   * @param classNames K names; classes without points are left out of the legend
   */
  public static XYChart scatter(double[][] points, int[] labels, List<String> classNames) {
    return Scatter.chart("", List.of("x", "y"), points, labels, classNames);
  }

  /**
   * How numbers change over the steps of a training, a line for each.
   *
   * @param yTitle what the numbers are, with their unit
   * @param steps N numbers of steps
   * @param series by name in the order of the legend, N values each, NaN where there is none; of
   *     more than {@value CurveChart#MAX_POINTS} values the means of equally many are drawn
   * @throws InputException where nothing is finite
   */
  public static XYChart curves(
      String title, String yTitle, double[] steps, Map<String, double[]> series) {
    return curves(title, "step", yTitle, steps, series);
  }

  /**
   * How numbers change over another number, as {@link #curves(String, String, double[], Map)}.
   *
   * @param xTitle what it is, such as "epoch"
   * @param x N of it, rising
   */
  public static XYChart curves(
      String title, String xTitle, String yTitle, double[] x, Map<String, double[]> series) {
    return CurveChart.of(title, xTitle, yTitle, x, series);
  }

  /**
   * How often each class was predicted for each true class.
   *
   * @throws InputException for a multi-label task, as an image may have several findings
   */
  public static HeatMapChart confusion(ClassificationReport report) {
    return ConfusionChart.of(report);
  }

  /**
   * The share of each class that is found beside the share of the rest that is taken for it, at
   * every threshold, with the area under the curve: for a binary task the second class, else each
   * class against the rest or each finding, but those that are true of no image or of all.
   *
   * @throws InputException where no class has a curve
   */
  public static XYChart roc(ClassificationReport report) {
    return ThresholdChart.roc(report);
  }

  /**
   * How many of those said to be of a class are, beside how many of the class are found, at every
   * threshold, with the average precision; of the same classes as {@link #roc}.
   *
   * @throws InputException where no class has a curve
   */
  public static XYChart precisionRecall(ClassificationReport report) {
    return ThresholdChart.precisionRecall(report);
  }

  /**
   * The share of predictions that is right beside their probability, which agree where the line is
   * on the diagonal, in the bins of {@link org.omnirad.metric.Calibration}; below it the share of
   * the predictions in each bin.
   */
  public static XYChart reliability(ClassificationReport report) {
    return ReliabilityChart.of(report);
  }

  /**
   * The images that were predicted wrongly with the highest probability, the worst first, each with
   * the truth and the probability of what was predicted; for a multi-label task, of the finding
   * that was seen where it is not, or missed. The title is that of the report, with the name of the
   * dataset where it lacks that.
   *
   * @param images those that were evaluated, in the same order
   * @param count the most to show, up to {@value #MAX_TILES}
   * @throws InputException where there is no mistake, or the images are others
   */
  public static BufferedImage mistakes(ClassificationReport report, ImageList images, int count) {
    return Mistakes.draw(report, images, Math.min(count, MAX_TILES));
  }

  /**
   * Values one below the other, such as one score of several classifiers, each as a bar with its
   * interval beside its name; an undefined one has no bar.
   *
   * @param valueTitle what the values are, with their unit
   * @param values by name, from the top down
   * @throws InputException where none is defined
   */
  public static HorizontalBarChart bars(
      String title, String valueTitle, Map<String, Interval> values) {
    return BarChart.of(title, valueTitle, values);
  }

  /**
   * An image with what a token attends to laid over it, one square for each patch: the more, the
   * more yellow; scaled from the smallest weight to the largest.
   *
   * @param weights one weight of each patch, row by row
   * @param gridWidth patches in a row
   */
  public static BufferedImage attention(RgbImage image, float[] weights, int gridWidth) {
    return AttentionOverlay.draw(image, weights, gridWidth);
  }

  /**
   * The image, then what the class token attends to in each head of one block.
   *
   * @param maps of {@link org.omnirad.encoder.Encoder#attention} for this image
   * @param block 0-based
   */
  public static BufferedImage attention(RgbImage image, AttentionMaps maps, int block) {
    if (block < 0 || block >= maps.weights().length) {
      throw new InputException(
          "Block %d of an encoder with %d blocks.".formatted(block, maps.weights().length),
          "Blocks are counted from 0.");
    }
    int heads = maps.weights()[block].length;
    return new Montage("", heads + 1, Math.min(heads + 1, 4), 1)
        .draw(
            i ->
                i == 0
                    ? new Montage.Tile(image.toBufferedImage(), "image")
                    : new Montage.Tile(
                        attention(image, maps.ofClassToken(block, i - 1), maps.gridWidth()),
                        "head " + (i - 1)));
  }

  /**
   * An image with the edges of its mask, if it has one, in orange and of a predicted one in light
   * blue.
   *
   * @param predicted the class index of each pixel, row by row
   * @throws InputException where a mask is of another size
   */
  public static BufferedImage contours(Sample sample, byte[] predicted) {
    return Legend.below(
        MaskOutline.draw(sample, predicted, SIDE), MaskOutline.legend(sample.mask().isPresent()));
  }

  /**
   * An image with a probability laid over it: clear where it is 0, yellow where it is 1.
   *
   * @param probabilities of each pixel, row by row, from 0 to 1, such as those of one class of a
   *     {@link Segmentation}
   */
  public static BufferedImage probability(RgbImage image, float[] probabilities) {
    return Legend.below(
        ProbabilityMap.draw(image, probabilities, SIDE), List.of(Legend.Entry.probability()));
  }

  /**
   * An image with its foreground coloured: green where a predicted mask is right, light blue where
   * it is a false positive, orange where it misses something, dark blue where it has another class.
   *
   * @param predicted the class index of each pixel, row by row
   * @throws InputException where the sample has no mask, or one of another size
   */
  public static BufferedImage errors(Sample sample, byte[] predicted) {
    return Legend.below(ErrorMap.draw(sample, predicted, SIDE), ErrorMap.legend(sample, predicted));
  }

  /**
   * Side by side: an image, its mask, the predicted one, the probability of foreground, and the
   * errors; of an image without a mask, all but the truth and the errors.
   *
   * @throws InputException where the sizes differ
   */
  public static BufferedImage segmentation(Sample sample, Segmentation prediction) {
    return SegmentationPanel.draw(sample, prediction);
  }

  /**
   * The images that were segmented best, those around the median, and the worst, a row of each,
   * with both edges as in {@link #contours} and their Dice, under a title as that of {@link
   * #mistakes}; those without foreground in truth and prediction are left out.
   *
   * @param images those that were evaluated, in the same order
   * @param count how many of each, 1 to 5; fewer are drawn where there are fewer
   */
  public static BufferedImage cases(SegmentationReport report, ImageList images, int count) {
    return SegmentationCases.draw(report, images, count);
  }

  /**
   * How many images have which Dice, and the mean with its interval; images without foreground in
   * truth and prediction are left out.
   *
   * @throws InputException where no image has foreground
   */
  public static XYChart dice(SegmentationReport report) {
    return DiceChart.of(report);
  }

  /** The rows of a report as a table. */
  public static Table table(Report report) {
    return ReportTable.of(report);
  }

  private static String caption(Sample sample, ImageList images) {
    List<String> names = images.classNames();
    int[] labels = sample.labels();
    if (images.task() == Task.MULTI_LABEL) {
      String found =
          IntStream.range(0, labels.length)
              .filter(k -> labels[k] == 1)
              .mapToObj(names::get)
              .collect(Collectors.joining(", "));
      return labels.length > 0 && found.isEmpty() ? "no finding" : found;
    }
    return labels.length == 1 && labels[0] < names.size() ? names.get(labels[0]) : "";
  }

  private static Montage montage(String title, int count, int columns, int captionLines) {
    if (count < 1 || count > MAX_TILES || columns < 1) {
      throw new InputException(
          String.format(Locale.ROOT, "A montage of %,d images in %d columns.", count, columns),
          "1 to %d images and at least one column are drawn; take fewer with first(40)."
              .formatted(MAX_TILES));
    }
    return new Montage(title, count, columns, captionLines);
  }
}
