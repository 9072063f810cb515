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
import org.omnirad.metric.Measure;
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
  private record Scores(String name, ClassificationReport knn, ClassificationReport probe) {}

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
    var knn = KnnClassifier.fit(train.select(FeatureSpec.cls()), NEIGHBOURS);
    var probe = LinearProbe.fit(train, val, LinearProbeConfig.defaults());
    System.err.printf("%s, %s: %s%n", dataset.name(), name, probe.chosen());
    return new Scores(name, knn.evaluate(test.select(FeatureSpec.cls())), probe.evaluate(test));
  }

  private static void print(ImageDataset dataset, Scores scores) {
    System.out.printf(
        Locale.ROOT,
        "| %s, %,d | %s | %s | %s | %s | %s |%n",
        dataset.name(),
        scores.knn.predictions().size(),
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
        paired(scores.knn, baseline.knn),
        paired(scores.probe, baseline.probe));
  }

  private static Interval paired(ClassificationReport one, ClassificationReport other) {
    return Bootstrap.defaults()
        .interval(
            one.predictions().size(),
            times ->
                one.predictions().score(Measure.ACCURACY, times)
                    - other.predictions().score(Measure.ACCURACY, times));
  }
}
