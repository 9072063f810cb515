package org.omnirad.segment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.omnirad.OmniRad;
import org.omnirad.data.Folds;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.MaskMeasure;
import org.omnirad.metric.MaskScores;
import org.omnirad.report.SegmentationReport;
import org.omnirad.run.RunRecord;

/**
 * Prints in Markdown how well the lesions of BUSI's images with masks are found in five-fold
 * cross-validation: {@code SegmentConfig.tiny()} on {@code omnirad-tiny} and on a random encoder of
 * its shape, beside two masks that know nothing of the image: everything, and the mean mask of the
 * training images at the threshold that suits these best. Each image is tested once; intervals are
 * over images. Argument: a folder for the runs; one that was stopped goes on there. {@code
 * OMNIRAD_DATA} names the folder of the images.
 */
final class BusiScores {

  private static final int FOLDS = 5;
  private static final long SEED = 7;
  private static final int GRID = 64;

  private BusiScores() {}

  public static void main(String[] args) {
    Path runs = Path.of(args[0]);
    var scores = new LinkedHashMap<String, SegmentationReport.Builder>();
    try (var all = OmniRad.dataset("busi-images", 0);
        Encoder tiny = OmniRad.encoder("omnirad-tiny");
        Encoder random = Encoder.random(VitConfig.tiny(), SEED)) {
      ImageList lesions = all.allSplits().ofClasses("benign", "malignant");
      List<ImageDataset> folds = Folds.of(lesions, FOLDS, SEED);
      for (int i = 0; i < FOLDS; i++) {
        ImageDataset fold = folds.get(i);
        SegmentConfig config = SegmentConfig.tiny();
        score(scores, "omnirad-tiny", tiny, fold, config, runs.resolve("omnirad-tiny-" + i));
        score(scores, "random encoder", random, fold, config, runs.resolve("random-" + i));
        byte[] mean = meanMask(fold.split(Split.TRAIN));
        score(scores, "mean mask", fold, image -> resized(mean, GRID, image));
        score(scores, "everything", fold, image -> resized(new byte[] {1}, 1, image));
      }
      print(scores, lesions.record());
    }
  }

  private static void score(
      Map<String, SegmentationReport.Builder> scores,
      String method,
      Encoder encoder,
      ImageDataset fold,
      SegmentConfig config,
      Path run) {
    try (var segmenter = Segmenter.fit(encoder, fold, config, run)) {
      score(scores, method, fold, image -> segmenter.predict(image).mask());
    }
  }

  private static void score(
      Map<String, SegmentationReport.Builder> scores,
      String method,
      ImageDataset fold,
      Function<RgbImage, byte[]> masks) {
    var builder =
        scores.computeIfAbsent(
            method, name -> SegmentationReport.builder(name, fold.maskClassNames()));
    ImageList test = fold.split(Split.TEST);
    for (int i = 0; i < test.size(); i++) {
      Sample sample = test.get(i);
      RgbImage image = sample.image();
      byte[] truth = sample.mask().orElseThrow();
      builder.add(sample.id(), image.width(), image.height(), truth, masks.apply(image));
    }
  }

  /** The pixels that at least so many masks have, with which the mean Dice is highest. */
  private static byte[] meanMask(ImageList images) {
    int[] counts = new int[GRID * GRID];
    List<byte[]> masks = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      Sample sample = images.get(i);
      RgbImage image = sample.image();
      byte[] mask =
          MaskResize.toSquare(sample.mask().orElseThrow(), image.width(), image.height(), GRID);
      for (int j = 0; j < mask.length; j++) {
        counts[j] += mask[j];
      }
      masks.add(mask);
    }
    byte[] best = {};
    double highest = -1;
    for (int least = 1; least <= masks.size(); least++) {
      byte[] candidate = new byte[counts.length];
      for (int j = 0; j < counts.length; j++) {
        candidate[j] = (byte) (counts[j] >= least ? 1 : 0);
      }
      double dice = masks.stream().mapToDouble(mask -> dice(mask, candidate)).average().orElse(0);
      if (dice > highest) {
        highest = dice;
        best = candidate;
      }
    }
    return best;
  }

  private static double dice(byte[] truth, byte[] predicted) {
    return MaskScores.of(truth, predicted, GRID, GRID, 2).get(1).score(MaskMeasure.DICE);
  }

  /** A square mask, {@code side} pixels wide, at the size of an image. */
  private static byte[] resized(byte[] square, int side, RgbImage image) {
    byte[] mask = new byte[image.width() * image.height()];
    for (int i = 0; i < mask.length; i++) {
      int y = i / image.width() * side / image.height();
      int x = i % image.width() * side / image.width();
      mask[i] = square[y * side + x];
    }
    return mask;
  }

  private static void print(Map<String, SegmentationReport.Builder> scores, RunRecord record) {
    var first = scores.values().iterator().next().build(record);
    System.out.println("| masks | Dice (95 % interval) | IoU | less omnirad-tiny, Dice |");
    System.out.println("|---|---|---|---|");
    scores.forEach(
        (method, builder) -> {
          SegmentationReport report = builder.build(record);
          System.out.printf(
              "| %s | %s | %s | %s |%n",
              method,
              report.score(MaskMeasure.DICE),
              report.score(MaskMeasure.IOU),
              report.diceLess(first));
        });
    System.out.println();
    System.out.println(first.perClass().markdown());
  }
}
