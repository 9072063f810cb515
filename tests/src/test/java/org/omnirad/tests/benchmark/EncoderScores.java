package org.omnirad.tests.benchmark;

import java.util.List;
import java.util.Locale;
import org.omnirad.OmniRad;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.encoder.RawPixels;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.Interval;
import org.omnirad.probe.KnnClassifier;
import org.omnirad.probe.LinearProbe;
import org.omnirad.probe.LinearProbeConfig;
import org.omnirad.report.ClassificationReport;

/**
 * Prints as a Markdown table how far the frozen features of an encoder go on MedNIST and
 * BreastMNIST, beside a random encoder of the same shape and beside raw pixels: a kNN classifier
 * with k = 20 and a linear probe, scored on the test split, with 95 % intervals; below it the
 * paired differences of accuracy. Argument: the name or folder of the encoder. {@code OMNIRAD_DATA}
 * names the folder of both datasets.
 */
final class EncoderScores {

  private static final long RANDOM_SEED = 7;
  private static final int NEIGHBOURS = 20;
  private static final FeatureSpec SPEC = FeatureSpec.lastBlocks(4).withPatchMean();

  private EncoderScores() {}

  /** What features of the three splits came to. */
  private record Scores(
      String name,
      ClassificationReport knn,
      ClassificationReport probe,
      boolean[] knnRight,
      boolean[] probeRight) {}

  private interface Embedding {
    Features of(ImageList images);
  }

  public static void main(String[] args) {
    System.out.println(
        "| data, test images | features | kNN-20 accuracy | probe accuracy | probe macro F1 | probe"
            + " AUC |");
    System.out.println("|---|---|---|---|---|---|");
    try (var encoder = OmniRad.encoder(args[0]);
        var random = Encoder.random(encoder.config(), RANDOM_SEED);
        var mednist = OmniRad.dataset("mednist", 64);
        var breastmnist = OmniRad.dataset("breastmnist", 28)) {
      for (ImageDataset dataset : List.of(mednist, breastmnist)) {
        List<Scores> scores =
            List.of(
                scores(args[0], dataset, images -> encoder.embed(images, SPEC)),
                scores("random encoder", dataset, images -> random.embed(images, SPEC)),
                scores("raw pixels", dataset, RawPixels::embed));
        scores.forEach(s -> print(dataset, s));
        difference(dataset, scores.get(0), scores.get(1));
        difference(dataset, scores.get(0), scores.get(2));
      }
    }
  }

  private static Scores scores(String name, ImageDataset dataset, Embedding embedding) {
    Features train = embedding.of(dataset.split(Split.TRAIN));
    Features val = embedding.of(dataset.split(Split.VAL));
    Features test = embedding.of(dataset.split(Split.TEST));
    Features cls = test.select(FeatureSpec.cls());
    var knn = KnnClassifier.fit(train.select(FeatureSpec.cls()), NEIGHBOURS);
    var probe = LinearProbe.fit(train, val, LinearProbeConfig.defaults());
    System.err.printf("%s, %s: %s%n", dataset.name(), name, probe.chosen());
    return new Scores(
        name,
        knn.evaluate(cls),
        probe.evaluate(test),
        right(knn.predict(cls), test.labels()),
        right(probe.predict(test), test.labels()));
  }

  private static boolean[] right(float[][] probabilities, int[] truth) {
    boolean[] right = new boolean[truth.length];
    for (int i = 0; i < right.length; i++) {
      int best = 0;
      for (int k = 1; k < probabilities[i].length; k++) {
        best = probabilities[i][k] > probabilities[i][best] ? k : best;
      }
      right[i] = best == truth[i];
    }
    return right;
  }

  private static void print(ImageDataset dataset, Scores scores) {
    System.out.printf(
        Locale.ROOT,
        "| %s, %,d | %s | %s | %s | %s | %s |%n",
        dataset.name(),
        scores.knnRight.length,
        scores.name,
        scores.knn.accuracy(),
        scores.probe.accuracy(),
        scores.probe.macroF1(),
        scores.probe.auc());
  }

  private static void difference(ImageDataset dataset, Scores scores, Scores baseline) {
    System.out.printf(
        "| %s, difference | %s less %s | %s | %s | | |%n",
        dataset.name(),
        scores.name,
        baseline.name,
        paired(scores.knnRight, baseline.knnRight),
        paired(scores.probeRight, baseline.probeRight));
  }

  private static Interval paired(boolean[] one, boolean[] other) {
    return Bootstrap.defaults()
        .interval(
            one.length,
            times -> {
              int sum = 0;
              for (int i = 0; i < times.length; i++) {
                sum += times[i] * ((one[i] ? 1 : 0) - (other[i] ? 1 : 0));
              }
              return (double) sum / times.length;
            });
  }
}
