package org.omnirad.classify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.Task;
import org.omnirad.probe.LinearProbe;
import org.omnirad.probe.LinearProbeConfig;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.Precision;
import org.omnirad.train.MetricsLog;
import org.omnirad.train.TrainingStoppedException;

class FineTunerTest {

  private static final VitConfig SHALLOW = VitConfig.tiny().withImageSize(32).withDepth(2);
  private static final FineTuneConfig LORA =
      FineTuneConfig.lora().quick().withEpochs(3, 1).withBatch(16, 16);
  private static final FineTuneConfig FULL =
      FineTuneConfig.full().quick().withEpochs(3, 1).withBatch(16, 16);

  private final Encoder encoder = Encoder.random(SHALLOW, 7);
  private final ImageDataset dataset =
      PhantomDataset.of(PhantomConfig.defaults().withImageSize(32)).first(96, 48, 48);
  @TempDir Path folder;

  @AfterEach
  void close() {
    encoder.close();
    dataset.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void learnsAndLeavesItsStartAlone(boolean adapters) {
    String before = encoder.record().entries().get("encoder.md5");
    FineTuneConfig config = (adapters ? LORA : FULL).withEpochs(8, 1);
    try (var classifier = FineTuner.fit(encoder, dataset, config, folder)) {
      assertEquals(before, encoder.record().entries().get("encoder.md5"));
      double[] losses = MetricsLog.read(folder.resolve("metrics.csv")).column("loss");
      assertEquals(8, losses.length);
      assertTrue(losses[7] < 0.9 * losses[0], losses[0] + " to " + losses[7]);
      var report = classifier.evaluate(dataset.split(Split.TEST));
      assertTrue(report.accuracy().point() > 0.25, report.toString());
      assertEquals(adapters, Files.exists(folder.resolve("adapter/adapter_model.safetensors")));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void goesOnFromACheckpointToTheLastBit(boolean adapters) throws IOException {
    FineTuneConfig config = adapters ? LORA : FULL;
    float[][] whole;
    String metrics;
    try (var classifier = FineTuner.fit(encoder, dataset, config, folder)) {
      whole = classifier.predict(dataset.split(Split.TEST));
      metrics = withoutSpeed(folder);
    }
    try (Stream<Path> checkpoints = Files.list(folder.resolve("checkpoints"))) {
      Path last = checkpoints.max(Comparator.naturalOrder()).orElseThrow();
      try (Stream<Path> files = Files.walk(last)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    try (var classifier = FineTuner.fit(encoder, dataset, config, folder)) {
      assertArrayEquals(whole, classifier.predict(dataset.split(Split.TEST)));
      assertEquals(metrics, withoutSpeed(folder));
    }
  }

  private static String withoutSpeed(Path folder) {
    MetricsLog log = MetricsLog.read(folder.resolve("metrics.csv"));
    return log.columns().stream()
        .filter(column -> !column.equals("images_per_second"))
        .map(column -> column + Arrays.toString(log.column(column)))
        .toList()
        .toString();
  }

  @Test
  void partsOfABatchGiveWhatTheWholeGives() {
    FineTuneConfig config =
        new FineTuneConfig(
            null, false, true, 1e-4, 0.01, 0, 1, 0, 0.5, 1, 16, 16, Precision.FLOAT32, 7);
    float[][] whole;
    try (var classifier = FineTuner.fit(encoder, dataset, config)) {
      whole = classifier.predict(dataset.split(Split.TEST));
    }
    try (var classifier = FineTuner.fit(encoder, dataset, config.withBatch(16, 4))) {
      float[][] parts = classifier.predict(dataset.split(Split.TEST));
      for (int i = 0; i < whole.length; i++) {
        assertArrayEquals(whole[i], parts[i], 2e-3f);
      }
    }
  }

  @Test
  void aSavedClassifierNamesNewImages() throws IOException {
    ImageList test = dataset.split(Split.TEST);
    Path picture = folder.resolve("new.png");
    ImageIO.write(test.get(3).image().toBufferedImage(), "png", picture.toFile());
    FeatureSpec spec = FeatureSpec.lastBlocks(2).withPatchMean();
    var probe =
        LinearProbe.fit(
            encoder.embed(dataset.split(Split.TRAIN), spec),
            encoder.embed(dataset.split(Split.VAL), spec),
            LinearProbeConfig.defaults().withSteps(200));
    try (var classifier = Classifier.of(encoder, probe)) {
      float[] expected = classifier.predict(test)[3];
      classifier.save(folder.resolve("saved"));
      try (var again = Classifier.load(folder.resolve("saved"))) {
        Prediction prediction = again.predict(List.of(picture)).get(0);
        assertEquals(dataset.classNames(), List.copyOf(prediction.probabilities().keySet()));
        assertEquals(1, prediction.labels().size());
        int k = dataset.classNames().indexOf(prediction.labels().get(0));
        assertEquals(expected[k], prediction.probabilities().get(prediction.labels().get(0)), 1e-5);
        assertEquals(classifier.record(), again.record());
      }
    }
  }

  /** Images that all have the same label. */
  private record Relabelled(ImageDataset all, int label) implements ImageDataset {

    private record Images(ImageList all, int label) implements ImageList {

      @Override
      public int size() {
        return all.size();
      }

      @Override
      public Sample get(int index) {
        throw new AssertionError("an image is looked at");
      }

      @Override
      public int[] labels(int index) {
        return new int[] {label};
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
        return all.record();
      }
    }

    @Override
    public String name() {
      return all.name();
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
    public ImageList split(Split split) {
      return new Images(all.split(split), label);
    }

    @Override
    public RunRecord record() {
      return all.record();
    }
  }

  @ParameterizedTest
  @CsvSource({"8, has the labels [8]", "0, are of one class only"})
  void refusesLabelsBeforeTheFirstImage(int label, String reason) {
    var e =
        assertThrows(
            InputException.class,
            () -> FineTuner.fit(encoder, new Relabelled(dataset, label), LORA, folder));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void refusesWhatItCannotUse() {
    var e =
        assertThrows(
            InputException.class, () -> FineTuner.fit(encoder, dataset.first(0, 0, 0), LORA));
    assertTrue(e.getMessage().contains("has no train images"), e.getMessage());
    var one =
        assertThrows(
            InputException.class, () -> FineTuner.fit(encoder, dataset.first(1, 0, 0), LORA));
    assertTrue(one.getMessage().contains("no validation images"), one.getMessage());
    var diverging =
        new FineTuneConfig(
            null, false, true, 1e25, 0.01, 0, 2, 0, 1e30, 1e30, 16, 16, Precision.FLOAT32, 7);
    var nan =
        assertThrows(
            TrainingStoppedException.class, () -> FineTuner.fit(encoder, dataset, diverging));
    assertTrue(nan.getMessage().contains("so the step was not taken"), nan.getMessage());
    assertThrows(InputException.class, () -> Classifier.load(folder));
  }
}
