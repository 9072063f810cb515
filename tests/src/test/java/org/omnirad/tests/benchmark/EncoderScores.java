package org.omnirad.tests.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.omnirad.OmniRad;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.encoder.RawPixels;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.Interval;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Task;
import org.omnirad.probe.KnnClassifier;
import org.omnirad.probe.LinearProbe;
import org.omnirad.probe.LinearProbeConfig;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.RunRecord;

/**
 * Prints as a Markdown table how far the frozen features of an encoder go on MedNIST and
 * BreastMNIST, beside a random encoder of the same shape and beside raw pixels: a kNN classifier
 * with k = 20 and a linear probe, scored on the test split, with 95 % intervals; below it the
 * paired differences of accuracy and AUC. Argument: the name or folder of the encoder. {@code
 * OMNIRAD_DATA} names the folder of both datasets.
 *
 * <p>With a second argument, {@code standardised}, it asks instead what the brightness of images
 * has to do with it: on BreastMNIST as it is, and with every image brought to one mean and one
 * standard deviation of its grey values; then the differences between these two.
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
      var embeddings = new LinkedHashMap<String, Embedding>();
      embeddings.put(args[0], images -> encoder.embed(images, SPEC));
      embeddings.put("random encoder", images -> random.embed(images, SPEC));
      embeddings.put("raw pixels", RawPixels::embed);
      if (List.of(args).contains("standardised")) {
        List<Scores> before = scores(breastmnist, "", embeddings);
        embeddings.replaceAll((name, embedding) -> i -> embedding.of(new Standardised(i)));
        List<Scores> after = scores(breastmnist, ", standardised", embeddings);
        for (int i = 0; i < after.size(); i++) {
          difference(breastmnist, after.get(i), before.get(i));
        }
      } else {
        scores(mednist, "", embeddings);
        scores(breastmnist, "", embeddings);
      }
    }
  }

  /** Prints the scores of each, and the differences between the first and the others. */
  private static List<Scores> scores(
      ImageDataset dataset, String how, Map<String, Embedding> embeddings) {
    List<Scores> scores = new ArrayList<>();
    embeddings.forEach((name, embedding) -> scores.add(scores(name + how, dataset, embedding)));
    scores.forEach(s -> print(dataset, s));
    difference(dataset, scores.get(0), scores.get(1));
    difference(dataset, scores.get(0), scores.get(2));
    return scores;
  }

  /** Images brought to one mean and one standard deviation of their grey values. */
  private record Standardised(ImageList all) implements ImageList {

    private static final double MEAN = 128;
    private static final double DEVIATION = 48;

    @Override
    public Sample get(int index) {
      Sample sample = all.get(index);
      byte[] rgb = sample.image().rgb();
      var grey = new double[rgb.length / 3];
      Arrays.setAll(grey, i -> rgb[3 * i] & 255);
      double mean = Arrays.stream(grey).average().orElseThrow();
      double variance =
          Arrays.stream(grey).map(x -> (x - mean) * (x - mean)).average().getAsDouble();
      double factor = variance > 0 ? DEVIATION / Math.sqrt(variance) : 0;
      var pixels = new byte[grey.length];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) Math.clamp(Math.round(MEAN + factor * (grey[i] - mean)), 0, 255);
      }
      int width = sample.image().width();
      RgbImage image = RgbImage.ofGrey(width, pixels.length / width, pixels);
      return new Sample(sample.id(), image, sample.labels(), Optional.empty(), Optional.empty());
    }

    @Override
    public int size() {
      return all.size();
    }

    @Override
    public Task task() {
      return all.task();
    }

    @Override
    public List<String> classNames() {
      return all.classNames();
    }

    @Override
    public RunRecord record() {
      return all.record().with("data.standardised", true);
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
        "| %s, difference | %s less %s | %s | %s | | %s |%n",
        dataset.name(),
        scores.name,
        baseline.name,
        paired(Measure.ACCURACY, scores.knn, baseline.knn),
        paired(Measure.ACCURACY, scores.probe, baseline.probe),
        paired(Measure.AUC, scores.probe, baseline.probe));
  }

  private static Interval paired(
      Measure measure, ClassificationReport one, ClassificationReport other) {
    return Bootstrap.defaults()
        .interval(
            one.predictions().size(),
            times ->
                one.predictions().score(measure, times)
                    - other.predictions().score(measure, times));
  }
}
