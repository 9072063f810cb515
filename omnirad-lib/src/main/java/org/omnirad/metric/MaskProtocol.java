package org.omnirad.metric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How the scores of many images become one. Scores of different protocols are not comparable. */
public enum MaskProtocol {
  /**
   * Each image by itself, then the mean over the images, as the test scripts of MedSegBench (Kuş
   * and Aydin 2024) with segmentation_models_pytorch 0.3.3. Of two classes the foreground counts,
   * and an image where the quotient is one of 0 by 0, such as the Dice of two empty masks, is left
   * out. Of more, the mean over all classes counts, the background included, and a quotient of 0 by
   * 0 as 1, so that classes absent from an image raise its score. The Hausdorff distance, which
   * MedSegBench does not report, is the mean over the foreground classes in truth or prediction.
   */
  MEDSEGBENCH("mean over images, as MedSegBench"),
  /**
   * The pixels of 16 images in a row together, as the script of OmniRad's authors: the mean over
   * the classes, the background included, without those whose quotient is one of 0 by 0, then the
   * mean over the batches. Large objects count more than small ones, and the background raises the
   * score. There is no Hausdorff distance.
   */
  POOLED("mean over batches of 16, as OmniRad's script");

  private static final int BATCH = 16;

  private final String label;

  MaskProtocol(String label) {
    this.label = label;
  }

  /** What a report says of it. */
  public String label() {
    return label;
  }

  /** The measures that it has, in the order of a report. */
  public List<MaskMeasure> measures() {
    return Arrays.stream(MaskMeasure.values())
        .filter(measure -> this == MEDSEGBENCH || measure != MaskMeasure.HAUSDORFF_95)
        .toList();
  }

  /**
   * A score with its interval, under resampling of the images, or of the batches.
   *
   * @param images for each image, in the order of evaluation, the scores of its C classes
   * @return undefined where no image or batch has a value
   * @throws IllegalArgumentException where there are no images, or the measure is not one of these
   */
  public Interval interval(
      MaskMeasure measure, List<List<MaskScores>> images, Bootstrap bootstrap) {
    if (!measures().contains(measure)) {
      throw new IllegalArgumentException("%s by the protocol %s".formatted(measure, this));
    }
    return bootstrap.mean(values(measure, images));
  }

  /** Of each image or batch; NaN where it has no value. */
  private double[] values(MaskMeasure measure, List<List<MaskScores>> images) {
    return switch (this) {
      case MEDSEGBENCH -> images.stream().mapToDouble(i -> ofImage(measure, i)).toArray();
      case POOLED ->
          IntStream.range(0, Math.ceilDiv(images.size(), BATCH))
              .mapToObj(b -> images.subList(b * BATCH, Math.min((b + 1) * BATCH, images.size())))
              .mapToDouble(batch -> ofBatch(measure, batch))
              .toArray();
    };
  }

  private static double ofImage(MaskMeasure measure, List<MaskScores> classes) {
    if (classes.size() == 2 || measure == MaskMeasure.HAUSDORFF_95) {
      return ofThoseThatHaveIt(measure, classes.stream().skip(1));
    }
    return classes.stream().mapToDouble(k -> k.score(measure)).average().orElseThrow();
  }

  private static double ofBatch(MaskMeasure measure, List<List<MaskScores>> batch) {
    return ofThoseThatHaveIt(
        measure,
        IntStream.range(0, batch.get(0).size())
            .mapToObj(k -> MaskScores.pooled(batch.stream().map(image -> image.get(k)).toList())));
  }

  private static double ofThoseThatHaveIt(MaskMeasure measure, Stream<MaskScores> scores) {
    return scores
        .filter(k -> k.has(measure))
        .mapToDouble(k -> k.score(measure))
        .average()
        .orElse(Double.NaN);
  }
}
