package org.omnirad.report;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.Interval;
import org.omnirad.metric.MaskMeasure;
import org.omnirad.metric.MaskProtocol;
import org.omnirad.metric.MaskScores;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * How well a segmenter did on images with masks, and its masks, which are kept compressed. Images
 * are counted from 0, in the order in which they were added.
 */
public final class SegmentationReport implements Report {

  private record Image(
      String id, int width, int height, List<MaskScores> scores, byte[] deflatedMask) {}

  private final String title;
  private final List<String> classNames;
  private final List<Image> images;
  private final MaskProtocol protocol;
  private final Bootstrap bootstrap;
  private final Map<MaskMeasure, Interval> measures = new EnumMap<>(MaskMeasure.class);
  private final RunRecord record;

  private SegmentationReport(
      String title,
      List<String> classNames,
      List<Image> images,
      MaskProtocol protocol,
      Bootstrap bootstrap,
      RunRecord record) {
    this.title = title;
    this.classNames = classNames;
    this.images = images;
    this.protocol = protocol;
    this.bootstrap = bootstrap;
    this.record =
        record
            .with("score.protocol", protocol.label())
            .with("bootstrap.resamples", bootstrap.resamples())
            .with("bootstrap.seed", bootstrap.seed());
    List<List<MaskScores>> scores = images.stream().map(Image::scores).toList();
    for (MaskMeasure measure : protocol.measures()) {
      measures.put(measure, protocol.interval(measure, scores, bootstrap));
    }
  }

  /**
   * A report to which images are added one by one.
   *
   * @param title the segmenter
   * @param classNames C names, that of the background first
   */
  public static Builder builder(String title, List<String> classNames) {
    return new Builder(title, List.copyOf(classNames));
  }

  /** Scores one image after the other; for one thread. */
  public static final class Builder {

    private final String title;
    private final List<String> classNames;
    private final List<Image> images = new ArrayList<>();

    private Builder(String title, List<String> classNames) {
      this.title = title;
      this.classNames = classNames;
    }

    /**
     * Scores one image.
     *
     * @param id as in its sample
     * @param truth height x width class indices in [0, C) as unsigned bytes, row by row
     * @param predicted likewise
     * @throws InputException where a mask does not fit
     */
    public Builder add(String id, int width, int height, byte[] truth, byte[] predicted) {
      try {
        List<MaskScores> scores = MaskScores.of(truth, predicted, width, height, classNames.size());
        images.add(new Image(id, width, height, scores, deflate(predicted)));
      } catch (IllegalArgumentException e) {
        throw new InputException(
            "%s: %s: %s.".formatted(title, id, e.getMessage()),
            "Give two masks of the image's size with the classes %s.".formatted(classNames));
      }
      return this;
    }

    /** The report by {@link MaskProtocol#MEDSEGBENCH}, with {@link Bootstrap#defaults}. */
    public SegmentationReport build(RunRecord record) {
      return build(record, Bootstrap.defaults());
    }

    /**
     * The report by {@link MaskProtocol#MEDSEGBENCH}.
     *
     * @param record where the masks come from
     * @throws InputException where no image was added
     */
    public SegmentationReport build(RunRecord record, Bootstrap bootstrap) {
      if (images.isEmpty()) {
        throw new InputException(title + ": no images.", "Evaluate at least one with a mask.");
      }
      return new SegmentationReport(
          title, classNames, List.copyOf(images), MaskProtocol.MEDSEGBENCH, bootstrap, record);
    }
  }

  /** The same masks scored by another protocol. */
  public SegmentationReport by(MaskProtocol other) {
    return new SegmentationReport(title, classNames, images, other, bootstrap, record);
  }

  @Override
  public String title() {
    return title;
  }

  /** C names, that of the background first. */
  public List<String> classNames() {
    return classNames;
  }

  /** How the scores of the images became one. */
  public MaskProtocol protocol() {
    return protocol;
  }

  @Override
  public RunRecord record() {
    return record;
  }

  /** N, the number of images. */
  public int size() {
    return images.size();
  }

  /**
   * A measure of all images by the protocol; undefined where no image has a value.
   *
   * @throws InputException where the protocol does not have it
   */
  public Interval score(MaskMeasure measure) {
    if (!measures.containsKey(measure)) {
      throw new InputException(
          "%s: no %s as the %s.".formatted(title, measure.label(), protocol.label()),
          "Measures: %s.".formatted(measures.keySet()));
    }
    return measures.get(measure);
  }

  /** The name of an image. */
  public String id(int image) {
    return images.get(image).id;
  }

  /** The width of an image in pixels. */
  public int width(int image) {
    return images.get(image).width;
  }

  /** The height of an image in pixels. */
  public int height(int image) {
    return images.get(image).height;
  }

  /** The scores of the C classes in an image. */
  public List<MaskScores> scores(int image) {
    return images.get(image).scores;
  }

  /** The predicted class indices of an image, height x width, row by row. */
  public byte[] mask(int image) {
    try (var in =
        new InflaterInputStream(new ByteArrayInputStream(images.get(image).deflatedMask))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] deflate(byte[] mask) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DeflaterOutputStream(bytes)) {
      out.write(mask);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * The Dice of an image: the mean over the foreground classes that its truth or its prediction
   * has; 1 where there is none in either.
   */
  public double dice(int image) {
    return there(image).mapToDouble(scores -> scores.score(MaskMeasure.DICE)).average().orElse(1);
  }

  /** The mean of {@link #dice(int)} over the images of {@link #byDice}, with its interval. */
  public Interval meanDice() {
    return bootstrap.mean(
        IntStream.range(0, size())
            .mapToDouble(i -> there(i).findAny().isPresent() ? dice(i) : Double.NaN)
            .toArray());
  }

  /**
   * The mean over all images of {@link #dice(int)} less that of another report, with its interval:
   * a paired comparison.
   *
   * @param other of the same images
   * @throws InputException where the images are others
   */
  public Interval diceLess(SegmentationReport other) {
    if (!ids().equals(other.ids())) {
      throw new InputException(
          "%s and %s are of different images.".formatted(title, other.title),
          "Compare reports of the same images in the same order.");
    }
    return bootstrap.mean(
        IntStream.range(0, size()).mapToDouble(i -> dice(i) - other.dice(i)).toArray());
  }

  private List<String> ids() {
    return images.stream().map(Image::id).toList();
  }

  private Stream<MaskScores> there(int image) {
    return scores(image).stream().skip(1).filter(scores -> !scores.absent());
  }

  /**
   * The images from the best Dice to the worst, without those that have no foreground in truth or
   * prediction, of which there is nothing to see.
   */
  public int[] byDice() {
    return IntStream.range(0, size())
        .filter(i -> there(i).findAny().isPresent())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -dice(i)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Override
  public List<String> columns() {
    return List.of("measure", "value", "low", "high");
  }

  /** Each measure with both ends of its interval. */
  @Override
  public List<List<Object>> rows() {
    return measures.entrySet().stream().map(e -> row(e.getKey(), e.getValue())).toList();
  }

  private static List<Object> row(MaskMeasure measure, Interval value) {
    return value.defined()
        ? List.of(measure.label(), value.point(), value.low(), value.high())
        : List.of(measure.label(), "undefined", "undefined", "undefined");
  }

  /**
   * Of each class the number of images that have it in the truth, and the mean of each measure over
   * the images where its quotient is not one of 0 by 0, whatever the protocol.
   */
  public Report perClass() {
    var rows = new ArrayList<List<Object>>();
    for (int k = 0; k < classNames.size(); k++) {
      List<MaskScores> scores = ofClass(k);
      var row = new ArrayList<Object>();
      row.add(classNames.get(k));
      row.add(
          (int) scores.stream().filter(s -> s.truePositives() + s.falseNegatives() > 0).count());
      for (MaskMeasure measure : MaskMeasure.values()) {
        row.add(
            scores.stream()
                .filter(s -> s.has(measure))
                .mapToDouble(s -> s.score(measure))
                .average()
                .orElse(Double.NaN));
      }
      rows.add(List.copyOf(row));
    }
    return new Part(
        title + ", by class", withMeasures("class", "images"), List.copyOf(rows), record);
  }

  private List<MaskScores> ofClass(int k) {
    return images.stream().map(image -> image.scores.get(k)).toList();
  }

  /**
   * The measures of each foreground class in each image; a quotient of 0 by 0 is left blank, so
   * that a column's mean is that of {@link #perClass}.
   */
  public Report perImage() {
    var rows = new ArrayList<List<Object>>();
    for (Image image : images) {
      for (int k = 1; k < classNames.size(); k++) {
        MaskScores scores = image.scores.get(k);
        var row = new ArrayList<Object>();
        row.add(image.id);
        row.add(classNames.get(k));
        for (MaskMeasure measure : MaskMeasure.values()) {
          row.add(scores.has(measure) ? scores.score(measure) : Double.NaN);
        }
        rows.add(List.copyOf(row));
      }
    }
    return new Part(
        title + ", by image", withMeasures("image", "class"), List.copyOf(rows), record);
  }

  private static List<String> withMeasures(String first, String second) {
    var columns = new ArrayList<>(List.of(first, second));
    for (MaskMeasure measure : MaskMeasure.values()) {
      columns.add(measure.label());
    }
    return List.copyOf(columns);
  }

  /** A line with the sizes and the protocol, then one for each measure. */
  @Override
  public String toString() {
    int width = measures.keySet().stream().mapToInt(m -> m.label().length()).max().orElseThrow();
    var lines = new StringJoiner(System.lineSeparator());
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %,d images, %d classes, %s",
            title,
            size(),
            classNames.size(),
            protocol.label()));
    measures.forEach(
        (measure, interval) ->
            lines.add(
                "  "
                    + measure.label()
                    + " ".repeat(width + 2 - measure.label().length())
                    + interval));
    return lines.toString();
  }
}
