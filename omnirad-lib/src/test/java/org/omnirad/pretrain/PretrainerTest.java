package org.omnirad.pretrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageFolder;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.Preprocessing;
import org.omnirad.run.InputException;
import org.omnirad.run.Json;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Precision;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;
import org.omnirad.train.Checkpoint;
import org.omnirad.train.MetricsDisplay;
import org.omnirad.train.MetricsLog;
import org.omnirad.train.TrainingStoppedException;

class PretrainerTest {

  @TempDir Path folder;

  @AfterEach
  void showNothing() {
    MetricsLog.showOn(() -> log -> {});
    assertFalse(Thread.interrupted());
  }

  /** What the variants of a run must have in common with a run that went through. */
  private enum Variant {
    PLAIN,
    DROP_PATH_AND_LOCAL_VIEWS,
    IN_PARTS,
    MOVING_MEAN_SEPARATE_HEADS,
    NO_IBOT,
    BFLOAT16;

    PretrainConfig config() {
      PretrainConfig c = SmallRuns.config();
      return switch (this) {
        case PLAIN -> c;
        case DROP_PATH_AND_LOCAL_VIEWS ->
            c.withOptimiser(SmallRuns.withDropPath(c.optimiser(), 0.3))
                .withViews(c.views().withLocalViews(2));
        case IN_PARTS -> c.withBatch(new BatchConfig(8, 2, 1, SmallRuns.STEPS));
        case MOVING_MEAN_SEPARATE_HEADS ->
            c.withObjective(ObjectiveConfig.dinov2(Centring.MOVING_MEAN))
                .withHead(new HeadConfig(64, 32, 16, true));
        case NO_IBOT ->
            c.withObjective(new ObjectiveConfig(1, 0, 0.1, Centring.SINKHORN, 0.9, 3, 0.1));
        case BFLOAT16 -> c.withPrecision(Precision.BFLOAT16);
      };
    }
  }

  private PretrainRun run(PretrainConfig config, String name) {
    return Pretrainer.run(SmallRuns.data(1), config, folder.resolve(name));
  }

  /** Interrupts this thread once, when so many rows are there. */
  private static void interruptAt(int rows) {
    boolean[] done = {false};
    MetricsDisplay display =
        log -> {
          if (log.size() == rows && !done[0]) {
            done[0] = true;
            Thread.currentThread().interrupt();
          }
        };
    MetricsLog.showOn(() -> display);
  }

  private static void assertSame(PretrainRun expected, PretrainRun found) throws IOException {
    assertEquals(SmallRuns.rows(expected.metrics()), SmallRuns.rows(found.metrics()));
    assertEquals(
        SmallRuns.rows(expected.metrics()),
        SmallRuns.rows(MetricsLog.read(found.folder().resolve("metrics.csv"))));
    String file = "encoder/model.safetensors";
    assertArrayEquals(
        Files.readAllBytes(expected.folder().resolve(file)),
        Files.readAllBytes(found.folder().resolve(file)));
  }

  @ParameterizedTest
  @EnumSource(Variant.class)
  void anInterruptedRunGoesOnAsIfItHadNotBeen(Variant variant) throws IOException {
    PretrainConfig config = variant.config();
    PretrainRun whole = run(config, "whole");
    assertEquals(SmallRuns.STEPS + 1, whole.metrics().size());
    for (double loss : Arrays.copyOfRange(whole.metrics().column("loss"), 1, SmallRuns.STEPS + 1)) {
      assertTrue(Double.isFinite(loss));
    }
    // After step 1, in the middle of a score at step 6, and after step 10.
    interruptAt(2);
    assertThrows(CancellationException.class, () -> run(config, "parts"));
    interruptAt(6);
    assertThrows(CancellationException.class, () -> run(config, "parts"));
    interruptAt(11);
    assertThrows(CancellationException.class, () -> run(config, "parts"));
    assertSame(whole, run(config, "parts"));
  }

  @Test
  void aRunInterruptedInItsScoreMakesUpForIt() throws IOException {
    PretrainConfig config = SmallRuns.config();
    PretrainRun whole = run(config, "whole");
    // The row of step 5 is shown; an interrupt while step 6 computes is noticed by its score.
    interruptLater(6);
    assertThrows(CancellationException.class, () -> run(config, "parts"));
    assertSame(whole, run(config, "parts"));
    assertEquals(
        List.of("step-00000006", "step-00000008", "step-00000012"),
        checkpoints("parts").stream().map(Path::toString).toList());
  }

  // The flag is set by the reader of an image of the validation split, which only scores read.
  private void interruptLater(int rows) {
    Thread training = Thread.currentThread();
    MetricsLog.showOn(
        () ->
            log -> {
              if (log.size() == rows) {
                var interrupter =
                    new Thread(
                        () -> {
                          while (training.isAlive() && !scoring(training)) {
                            Thread.onSpinWait();
                          }
                          training.interrupt();
                        });
                interrupter.setDaemon(true);
                interrupter.start();
              }
            });
  }

  private static boolean scoring(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals(Watch.class.getName()));
  }

  private List<Path> checkpoints(String name) throws IOException {
    try (var files = Files.list(folder.resolve(name).resolve("checkpoints"))) {
      return files.map(Path::getFileName).sorted().toList();
    }
  }

  @Test
  void goesOnFromAnEarlierCheckpointWithTheSameNumbers() throws IOException {
    PretrainConfig config = SmallRuns.config();
    PretrainRun whole = run(config, "whole");
    String metrics = Files.readString(whole.folder().resolve("metrics.csv"));
    byte[] weights = Files.readAllBytes(whole.folder().resolve("encoder/model.safetensors"));
    for (String step : List.of("step-00000008", "step-00000012")) {
      delete(whole.folder().resolve("checkpoints").resolve(step));
    }
    PretrainRun again = run(config, "whole");
    assertEquals(
        withoutSpeed(metrics),
        withoutSpeed(Files.readString(again.folder().resolve("metrics.csv"))));
    assertArrayEquals(
        weights, Files.readAllBytes(again.folder().resolve("encoder/model.safetensors")));
  }

  private static List<String> withoutSpeed(String metrics) {
    return metrics.lines().map(line -> line.replaceAll(",[^,]*(,[^,]*)$", "$1")).toList();
  }

  private static void delete(Path path) throws IOException {
    try (var files = Files.list(path)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(path);
  }

  @Test
  void aFinishedRunReturnsAtOnceAndTheEncoderLoads() throws IOException {
    PretrainConfig config = SmallRuns.config();
    PretrainRun first = run(config, "run");
    MetricsLog.showOn(
        () ->
            log -> {
              throw new AssertionError("a step of a finished run");
            });
    PretrainRun second = run(config, "run");
    assertSame(first, second);
    assertEquals(first.report().lastLoss(), second.report().lastLoss());
    RgbImage image = SmallRuns.data(1).split(Split.TEST).get(0).image();
    try (Encoder loaded = Encoder.load(second.folder().resolve("encoder"))) {
      assertArrayEquals(first.encoder().embed(List.of(image))[0], loaded.embed(List.of(image))[0]);
      assertEquals(Preprocessing.imageNet(16), loaded.preprocessing());
    }
    assertNotEquals(
        first.encoder().record().entries().get("encoder.md5"),
        Encoder.random(SmallRuns.VIT, config.seed()).record().entries().get("encoder.md5"));
  }

  @Test
  void anotherSeedOrDatasetIsRefusedWithTheDifference() {
    PretrainConfig config = SmallRuns.config();
    run(config, "run");
    var seed = assertThrows(InputException.class, () -> run(config.withSeed(8), "run"));
    assertTrue(seed.getMessage().contains("seed is 7 there and 8 now"), seed.getMessage());
    var data =
        assertThrows(
            InputException.class,
            () -> Pretrainer.run(SmallRuns.data(2), config, folder.resolve("run")));
    assertTrue(data.getMessage().contains("data.identity is "), data.getMessage());
    var two =
        List.of(
            new WeightedDataset(SmallRuns.data(1), 1), new WeightedDataset(SmallRuns.data(2), 1));
    var mixture =
        assertThrows(
            InputException.class, () -> Pretrainer.run(two, config, folder.resolve("run")));
    assertTrue(
        mixture.getMessage().contains("datasets is 1 there and 2 now"), mixture.getMessage());
  }

  @Test
  void aSmallerMixtureIsAnotherRun() throws IOException {
    var one = new WeightedDataset(SmallRuns.data(1), 3);
    var two = new WeightedDataset(SmallRuns.data(2), 1);
    var three = new WeightedDataset(SmallRuns.data(3), 1);
    PretrainConfig config = SmallRuns.config();
    PretrainRun whole = Pretrainer.run(List.of(one, two, three), config, folder.resolve("whole"));
    interruptAt(5);
    assertThrows(
        CancellationException.class,
        () -> Pretrainer.run(List.of(one, two, three), config, folder.resolve("parts")));
    assertThrows(
        InputException.class,
        () -> Pretrainer.run(List.of(one, two), config, folder.resolve("parts")));
    assertSame(whole, Pretrainer.run(List.of(one, two, three), config, folder.resolve("parts")));
    assertEquals("3.0", whole.report().record().entries().get("mixture.0.weight"));
  }

  @Test
  void continuesFromAnEncoder() {
    try (Encoder start = Encoder.random(SmallRuns.VIT, 99)) {
      start.save(folder.resolve("start"));
    }
    PretrainConfig config = SmallRuns.config().withStart(folder.resolve("start").toString());
    double fromStart = run(config, "run").metrics().column("loss")[1];
    assertNotEquals(run(SmallRuns.config(), "scratch").metrics().column("loss")[1], fromStart);
    try (Encoder other = Encoder.random(SmallRuns.VIT, 100)) {
      other.save(folder.resolve("start"));
    }
    var e = assertThrows(InputException.class, () -> run(config, "run"));
    assertTrue(e.getMessage().contains("start.md5 is "), e.getMessage());
  }

  /** 24 pictures in two classes, one of which is no picture. */
  private ImageDataset pictures() throws IOException {
    var data = SmallRuns.data(5).split(Split.TRAIN);
    for (int i = 0; i < 24; i++) {
      RgbImage image = data.get(i).image();
      var picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
      for (int p = 0; p < 256; p++) {
        picture.setRGB(p % 16, p / 16, 0x10101 * (image.rgb()[3 * p] & 255));
      }
      Path file = folder.resolve("pictures/train/class" + i % 2 + "/" + i + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(picture, "png", file.toFile());
    }
    Path broken = folder.resolve("pictures/train/class0/2.png");
    byte[] bytes = Files.readAllBytes(broken);
    Files.write(broken, Arrays.copyOf(bytes, bytes.length / 2));
    return ImageFolder.open(folder.resolve("pictures"));
  }

  @Test
  void aBrokenImageIsSkippedAndNamedOnce() throws IOException {
    PretrainConfig config = SmallRuns.config();
    try (ImageDataset data = pictures()) {
      PretrainRun whole = Pretrainer.run(data, config, folder.resolve("whole"));
      interruptAt(7);
      assertThrows(
          CancellationException.class, () -> Pretrainer.run(data, config, folder.resolve("parts")));
      PretrainRun parts = Pretrainer.run(data, config, folder.resolve("parts"));
      assertSame(whole, parts);
      for (PretrainRun run : List.of(whole, parts)) {
        List<String> log = Files.readAllLines(run.folder().resolve("run.log"));
        assertEquals(1, log.stream().filter(l -> l.contains("skipped an image")).count());
        assertTrue(log.stream().anyMatch(l -> l.contains("2.png")), log.toString());
        // 12 steps of 8 are four epochs of 24.
        int skipped = Integer.parseInt(run.report().record().entries().get("data.skipped"));
        assertTrue(skipped >= 4, skipped + " skipped");
        assertEquals(
            whole.report().record().entries().get("data.skipped"),
            run.report().record().entries().get("data.skipped"));
      }
    }
  }

  @Test
  void numbersThatAreNoneStopTheRunWithACheckpointFromBefore() throws IOException {
    PretrainConfig c = SmallRuns.config();
    OptimiserConfig o = c.optimiser();
    // The rate is 0 at the first step of its warm-up and far too high from the second on.
    PretrainConfig config =
        c.withOptimiser(
                new OptimiserConfig(
                    1e30, 0, 0.5, 0, 0, o.teacherMomentum(), 0.04, 0.04, 0, 1, 1, 0, 3, 0))
            .withWatch(new WatchConfig(1, 1, 20));
    var e = assertThrows(TrainingStoppedException.class, () -> run(config, "run"));
    assertTrue(e.getMessage().startsWith("Step 2: the loss is NaN"), e.getMessage());
    assertTrue(e.getMessage().contains("optimiser.base_learning_rate"), e.getMessage());
    String log = Files.readString(folder.resolve("run/run.log"));
    assertTrue(log.contains(e.getMessage()));
    assertTrue(log.contains("step 2: loss NaN"), log);
    assertEquals(
        List.of("step-00000001"), checkpoints("run").stream().map(Path::toString).toList());
    for (String file : List.of("student", "teacher", "optimiser", "centres")) {
      assertFinite(folder.resolve("run/checkpoints/step-00000001/" + file + ".safetensors"));
    }
    var again = assertThrows(TrainingStoppedException.class, () -> run(config, "run"));
    assertEquals(e.getMessage(), again.getMessage());
  }

  @Test
  void aStartWithoutNumbersIsRefusedAndNothingWritten() {
    Path start = folder.resolve("start");
    try (Encoder encoder = Encoder.random(SmallRuns.VIT, 99);
        var off = GradMode.off()) {
      NDArray weight =
          encoder.network().namedParameters().get("blocks.0.mlp.fc1.weight").getArray();
      weight.set(new NDIndex("0, 0"), Float.NaN);
      encoder.save(start);
    }
    var e =
        assertThrows(
            InputException.class, () -> run(SmallRuns.config().withStart(start.toString()), "run"));
    assertTrue(e.getMessage().contains("values that are not finite"), e.getMessage());
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void oneNumberThatIsNoneStopsTheRunAndTheCheckpointBeforeGoesOn() throws IOException {
    PretrainConfig config = SmallRuns.config();
    PretrainRun whole = run(config, "whole");
    interruptAt(7);
    assertThrows(CancellationException.class, () -> run(config, "run"));
    List<Path> before = checkpoints("run");
    assertEquals(2, before.size());
    Path last = folder.resolve("run/checkpoints").resolve(before.get(1));
    makeOneNumberNaN(last);
    long step = Long.parseLong(last.getFileName().toString().substring("step-".length()));
    var e = assertThrows(TrainingStoppedException.class, () -> run(config, "run"));
    assertTrue(e.getMessage().startsWith("Step %d: the loss is NaN".formatted(step)));
    assertTrue(Files.readString(folder.resolve("run/run.log")).contains(e.getMessage()));
    assertEquals(before, checkpoints("run"));
    assertFalse(Files.exists(folder.resolve("run/encoder")));
    assertFinite(folder.resolve("run/checkpoints").resolve(before.get(0) + "/student.safetensors"));
    delete(last);
    assertSame(whole, run(config, "run"));
  }

  /** In the student of a checkpoint, whose own md5 then says that the file is whole. */
  private static void makeOneNumberNaN(Path checkpoint) throws IOException {
    String name = "student.safetensors";
    var writer = new SafetensorsWriter();
    String md5;
    try (var manager = NDManager.newBaseManager();
        var off = GradMode.off()) {
      try (var student = SafetensorsFile.open(checkpoint.resolve(name))) {
        for (String tensor : student.names()) {
          NDArray values = student.toArray(manager, tensor);
          if (tensor.equals("backbone.blocks.0.mlp.fc1.weight")) {
            values.set(new NDIndex("0, 0"), Float.NaN);
          }
          writer.put(tensor, values);
        }
        md5 = writer.write(checkpoint.resolve(name));
      }
    }
    Path file = checkpoint.resolve("checkpoint.json");
    Checkpoint state = Json.read(Files.readString(file), Checkpoint.class, file.toString());
    var files = new HashMap<>(state.files());
    files.put(name, md5);
    Files.writeString(
        file, Json.write(new Checkpoint(state.step(), state.score(), files, state.values())));
  }

  private static void assertFinite(Path file) {
    try (var tensors = SafetensorsFile.open(file)) {
      assertFalse(tensors.names().isEmpty());
      for (String name : tensors.names()) {
        for (float value : tensors.floats(name)) {
          assertTrue(Float.isFinite(value) && Math.abs(value) < 1e6, name);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.9, 0.992})
  void aRunThatCollapsesStopsWithTheReason(double momentum) throws IOException {
    PretrainConfig c = SmallRuns.config();
    PretrainConfig config =
        c.withObjective(new ObjectiveConfig(1, 1, 0, Centring.NONE, 0.9, 3, 0.1))
            .withOptimiser(SmallRuns.withLearningRate(c.optimiser(), 3e-2, momentum))
            .withBatch(new BatchConfig(8, 8, 1, 300))
            .withWatch(new WatchConfig(3, 0, 1));
    var e = assertThrows(TrainingStoppedException.class, () -> run(config, "run"));
    assertTrue(e.getMessage().contains("the encoder has collapsed"), e.getMessage());
    assertTrue(e.getMessage().contains("objective.centring SINKHORN"), e.getMessage());
    MetricsLog metrics = MetricsLog.read(folder.resolve("run/metrics.csv"));
    assertTrue(metrics.size() < 150, metrics.size() + " steps");
    String last = checkpoints("run").get(checkpoints("run").size() - 1).toString();
    long step = Long.parseLong(last.substring("step-".length()));
    double[] entropy = metrics.column("marginal_entropy");
    assertTrue(step <= metrics.size() - Monitor.PATIENCE + 1, last);
    assertTrue(entropy[(int) step - 1] > 0.01 * Math.log(64), entropy[(int) step - 1] + "");
  }

  @Test
  void withCentringTheSameRunIsNotStopped() {
    PretrainConfig c = SmallRuns.config();
    for (Centring centring : List.of(Centring.SINKHORN, Centring.MOVING_MEAN)) {
      PretrainConfig config =
          c.withObjective(ObjectiveConfig.dinov2(centring))
              .withBatch(new BatchConfig(8, 8, 1, 60))
              .withWatch(new WatchConfig(100, 0, 1));
      double[] entropy = run(config, centring.name()).metrics().column("marginal_entropy");
      assertEquals(60, entropy.length);
      assertTrue(Arrays.stream(entropy).min().orElseThrow() > 0.05 * Math.log(64));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "small", "base"})
  void presetsComeBackFromJson(String name) {
    PretrainConfig config = preset(name);
    String text = Json.write(config);
    assertEquals(config, Json.read(text, PretrainConfig.class, "config.json"));
    PretrainConfig changed =
        config
            .withSeed(123456789012345L)
            .withStart("hf:a/b")
            .withViews(config.views().withLocalViews(8));
    assertEquals(changed, Json.read(Json.write(changed), PretrainConfig.class, "config.json"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"encoder", "head", "masks", "objective", "optimiser", "batch", "watch", "views"})
  void anUnknownKeyAndAMissingPartAreRefused(String part) {
    JsonObject unknown = json();
    unknown.getAsJsonObject(part).addProperty("colour", 1);
    assertEquals("unknown key [colour]", refusal(unknown).replaceAll("\\. Known.*", ""));
    JsonObject missing = json();
    missing.remove(part);
    assertTrue(refusal(missing).startsWith(part + " is missing"), refusal(missing));
  }

  @Test
  void aMissingNumberOrNameIsRefused() {
    JsonObject weight = json();
    weight.getAsJsonObject("objective").remove("koleo_weight");
    assertTrue(refusal(weight).startsWith("missing [koleo_weight]"), refusal(weight));
    JsonObject centring = json();
    centring.getAsJsonObject("objective").addProperty("centring", "median");
    assertTrue(refusal(centring).startsWith("centring is missing"), refusal(centring));
    JsonObject precision = json();
    precision.remove("precision");
    assertTrue(refusal(precision).startsWith("precision is missing"), refusal(precision));
    JsonObject momentum = json();
    momentum.getAsJsonObject("optimiser").addProperty("teacher_momentum", 2);
    assertEquals(
        "teacherMomentum is 2.0, must be in [0, 1]. Correct the value of that key.",
        refusal(momentum));
  }

  private static JsonObject json() {
    return Json.readObject(Json.write(PretrainConfig.tiny()), "test");
  }

  private static String refusal(JsonObject config) {
    return assertThrows(
            InputException.class,
            () -> Json.read(config.toString(), PretrainConfig.class, "config.json"))
        .getMessage()
        .substring("config.json: ".length());
  }

  private static PretrainConfig preset(String name) {
    return switch (name) {
      case "tiny" -> PretrainConfig.tiny();
      case "small" -> PretrainConfig.small();
      default -> PretrainConfig.base();
    };
  }
}
