package org.omnirad.classify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.index.NDIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
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
import org.omnirad.run.TemporaryFolder;
import org.omnirad.tensor.GradMode;
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
  @EnumSource(
      value = Task.class,
      names = {"BINARY", "MULTI_LABEL", "ORDINAL"})
  void learnsTheOtherTasks(Task task) throws IOException {
    PhantomConfig config = PhantomConfig.defaults().withImageSize(32).withSizes(96, 32, 32);
    try (ImageDataset data =
            switch (task) {
              case BINARY -> PhantomDataset.abdomen(config);
              case MULTI_LABEL -> PhantomDataset.findings(config);
              default -> PhantomDataset.grades(config);
            };
        var classifier = FineTuner.fit(encoder, data, FULL.withEpochs(6, 1), folder)) {
      assertEquals(task, data.task());
      double[] losses = MetricsLog.read(folder.resolve("metrics.csv")).column("loss");
      assertTrue(losses[5] < 0.95 * losses[0], losses[0] + " to " + losses[5]);
      var report = classifier.evaluate(data.split(Split.TEST));
      assertEquals(task, report.predictions().task());
      assertTrue(Double.isFinite(report.auc().point()), report.toString());
      for (float[] p : classifier.predict(data.split(Split.TEST))) {
        double sum = IntStream.range(0, p.length).mapToDouble(k -> p[k]).sum();
        assertTrue(task == Task.MULTI_LABEL || Math.abs(sum - 1) < 1e-5, sum + "");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void learnsInBfloat16(boolean adapters) {
    FineTuneConfig config =
        (adapters ? LORA : FULL).withEpochs(5, 1).withPrecision(Precision.BFLOAT16);
    FineTuner.fit(encoder, dataset.first(48, 16, 8), config, folder).close();
    double[] losses = MetricsLog.read(folder.resolve("metrics.csv")).column("loss");
    assertTrue(Arrays.stream(losses).allMatch(Double::isFinite), Arrays.toString(losses));
    assertTrue(losses[4] < losses[0], losses[0] + " to " + losses[4]);
  }

  @Test
  void passesOverImagesThatCannotBeDecoded() throws IOException {
    ImageDataset data =
        AlteredDataset.broken(
            dataset,
            Split.TRAIN,
            30,
            i -> new InputException("picture %d: it is cut off.".formatted(i), "Get it again."));
    FineTuner.fit(encoder, data, LORA, folder.resolve("whole")).close();
    Path parts = folder.resolve("parts");
    String skipped;
    try (var classifier = FineTuner.fit(encoder, data, LORA, folder.resolve("whole"))) {
      skipped = classifier.record().entries().get("data.skipped");
    }
    // Four of 96 images in each of three epochs, and what is drawn in their place now and then.
    assertTrue(Integer.parseInt(skipped) >= 12, skipped);
    FineTuner.fit(encoder, data, LORA, parts).close();
    deleteLastCheckpoint(parts);
    try (var classifier = FineTuner.fit(encoder, data, LORA, parts)) {
      assertEquals(skipped, classifier.record().entries().get("data.skipped"));
    }
    for (Path run : List.of(folder.resolve("whole"), parts)) {
      List<String> log =
          Files.readAllLines(run.resolve("run.log")).stream()
              .filter(line -> line.contains("skipped an image: picture "))
              .toList();
      assertEquals(4, log.size(), log.toString());
    }
  }

  /** Interrupts a thread when so many train images were read. */
  private static ImageDataset interrupting(ImageDataset data, Thread thread, int images) {
    var left = new AtomicInteger(images);
    return new AlteredDataset(
        data,
        Split.TRAIN,
        train ->
            new AlteredDataset.Images(train) {
              @Override
              public Sample get(int index) {
                if (left.decrementAndGet() == 0) {
                  thread.interrupt();
                }
                return super.get(index);
              }
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void interruptedInAnEpochItGoesOnAfterTheOneBefore(boolean adapters) throws IOException {
    FineTuneConfig config = adapters ? LORA : FULL;
    float[][] whole;
    try (var classifier = FineTuner.fit(encoder, dataset, config, folder.resolve("whole"))) {
      whole = classifier.predict(dataset.split(Split.TEST));
    }
    // Six steps an epoch, read two ahead: the tenth step's images are read in the second epoch.
    Path parts = folder.resolve("parts");
    var data = interrupting(dataset, Thread.currentThread(), 10 * 16);
    assertThrows(CancellationException.class, () -> FineTuner.fit(encoder, data, config, parts));
    assertEquals(List.of("step-00000006"), files(parts.resolve("checkpoints")));
    try (var classifier = FineTuner.fit(encoder, dataset, config, parts)) {
      assertArrayEquals(whole, classifier.predict(dataset.split(Split.TEST)));
      assertEquals(withoutSpeed(folder.resolve("whole")), withoutSpeed(parts));
    }
  }

  @Test
  void otherSplitsAreAnotherTraining() {
    FineTuner.fit(encoder, dataset, LORA.withEpochs(1, 0), folder).close();
    for (ImageDataset other : List.of(dataset.first(80, 48, 48), dataset.first(96, 40, 48))) {
      var e =
          assertThrows(
              InputException.class,
              () -> FineTuner.fit(encoder, other, LORA.withEpochs(1, 0), folder));
      assertTrue(e.getMessage().contains("data.first is "), e.getMessage());
    }
    // Those of the test split are not looked at.
    FineTuner.fit(encoder, dataset.first(96, 48, 8), LORA.withEpochs(1, 0), folder).close();
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
    deleteLastCheckpoint(folder);
    try (var classifier = FineTuner.fit(encoder, dataset, config, folder)) {
      assertArrayEquals(whole, classifier.predict(dataset.split(Split.TEST)));
      assertEquals(metrics, withoutSpeed(folder));
    }
  }

  private static void deleteLastCheckpoint(Path run) throws IOException {
    try (Stream<Path> checkpoints = Files.list(run.resolve("checkpoints"))) {
      TemporaryFolder.delete(checkpoints.max(Comparator.naturalOrder()).orElseThrow());
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

  @ParameterizedTest
  @CsvSource({"8, has the labels [8]", "0, are of one class only"})
  void refusesLabelsBeforeTheFirstImage(int label, String reason) throws IOException {
    var e =
        assertThrows(
            InputException.class,
            () ->
                FineTuner.fit(
                    encoder, AlteredDataset.relabelled(dataset, Split.TRAIN, label), LORA, folder));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(List.of(), files(folder));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void weightsThatAreNoNumbersStopItAtTheFirstBatch(boolean adapters) throws IOException {
    try (var start = Encoder.random(SHALLOW, 7);
        var off = GradMode.off()) {
      var weight = start.network().namedParameters().get("blocks.1.mlp.fc2.weight").getArray();
      weight.set(new NDIndex("0, 0"), Float.NaN);
      var e =
          assertThrows(
              TrainingStoppedException.class,
              () -> FineTuner.fit(start, dataset, adapters ? LORA : FULL, folder));
      assertTrue(e.getMessage().startsWith("Step 0: the loss is NaN"), e.getMessage());
      assertTrue(e.getMessage().contains("so the step was not taken"), e.getMessage());
      assertTrue(Files.readString(folder.resolve("run.log")).contains(e.getMessage()));
    }
    // What it was told and what happened, but neither checkpoint nor model.
    assertEquals(
        List.of(".lock", "config.json", "metrics.csv", "run.json", "run.log"), files(folder));
    assertEquals(0, MetricsLog.read(folder.resolve("metrics.csv")).size());
    var other =
        assertThrows(
            InputException.class,
            () -> FineTuner.fit(encoder, dataset, adapters ? LORA : FULL, folder));
    assertTrue(other.getMessage().contains("start.md5 is"), other.getMessage());
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
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
    assertThrows(InputException.class, () -> Classifier.load(folder));
  }
}
