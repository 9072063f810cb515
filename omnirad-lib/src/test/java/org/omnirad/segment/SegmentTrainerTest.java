package org.omnirad.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.BlockTokens;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureCache;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.MaskMeasure;
import org.omnirad.metric.Task;
import org.omnirad.report.Segmentation;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;
import org.omnirad.run.TemporaryFolder;
import org.omnirad.tensor.Precision;
import org.omnirad.train.EpochModel;
import org.omnirad.train.MetricsLog;
import org.omnirad.train.TrainingStoppedException;

class SegmentTrainerTest {

  private static final VitConfig SHALLOW = VitConfig.tiny().withImageSize(32).withDepth(3);
  private static final DenseConfig NARROW = new DenseConfig(24, 8, 3, 6, 1);
  private static final SegmentConfig QUICK =
      new SegmentConfig(
          NARROW,
          64,
          SegmentLoss.DICE_CROSS_ENTROPY,
          false,
          3e-3,
          0,
          1e-4,
          3,
          8,
          Precision.FLOAT32,
          7);

  private final Encoder encoder = Encoder.random(SHALLOW, 7);
  private final ImageDataset dataset = new Squares(24, UnaryOperator.identity());
  @TempDir Path folder;

  @AfterEach
  void close() {
    encoder.close();
  }

  /** Bright squares of random places and sizes on noise, each image changed. */
  private record Squares(int train, UnaryOperator<Sample> change) implements ImageDataset {

    @Override
    public String name() {
      return "squares";
    }

    @Override
    public Task task() {
      return Task.MULTI_CLASS;
    }

    @Override
    public List<String> classNames() {
      return List.of();
    }

    @Override
    public ImageList split(Split split) {
      return new Changed(split, split == Split.TRAIN ? train : 8, change);
    }

    @Override
    public RunRecord record() {
      return new RunRecord(java.util.Map.of()).with("data.name", name());
    }
  }

  private record Changed(Split split, int size, UnaryOperator<Sample> change) implements ImageList {

    private static final int SIDE = 48;

    @Override
    public Sample get(int index) {
      var random = new RandomSource(1).at(index, split.name());
      int side = random.nextInt(12, 24);
      int left = random.nextInt(SIDE - side);
      int top = random.nextInt(SIDE - side);
      byte[] grey = new byte[SIDE * SIDE];
      byte[] mask = new byte[SIDE * SIDE];
      for (int i = 0; i < grey.length; i++) {
        boolean inside =
            i % SIDE >= left && i % SIDE < left + side && i / SIDE >= top && i / SIDE < top + side;
        grey[i] = (byte) (random.nextInt(80) + (inside ? 120 : 0));
        mask[i] = (byte) (inside ? 1 : 0);
      }
      return change.apply(
          new Sample(
              split + "/" + index,
              RgbImage.ofGrey(SIDE, SIDE, grey),
              new int[0],
              Optional.of(mask),
              Optional.empty()));
    }

    @Override
    public Task task() {
      return Task.MULTI_CLASS;
    }

    @Override
    public List<String> classNames() {
      return List.of();
    }

    @Override
    public List<String> maskClassNames() {
      return List.of("background", "square");
    }

    @Override
    public RunRecord record() {
      return new RunRecord(java.util.Map.of()).with("data.split", split).with("data.n", size);
    }
  }

  private Segmenter fit(SegmentConfig config, Path run, boolean cached) {
    var cache = new FeatureCache(folder.resolve("cache"), 1 << 28);
    return SegmentTrainer.fit(
        encoder, dataset, config, run, cached ? Optional.of(cache) : Optional.empty());
  }

  private byte[] masks(Segmenter segmenter) {
    var report = segmenter.evaluate(dataset.split(Split.TEST));
    byte[][] masks = new byte[report.size()][];
    Arrays.setAll(masks, report::mask);
    return Arrays.stream(masks)
        .collect(
            java.io.ByteArrayOutputStream::new,
            java.io.ByteArrayOutputStream::writeBytes,
            (a, b) -> a.writeBytes(b.toByteArray()))
        .toByteArray();
  }

  private static String metrics(Path run) {
    MetricsLog log = MetricsLog.read(run.resolve("metrics.csv"));
    return log.columns().stream()
        .filter(column -> !column.equals("images_per_second"))
        .map(column -> column + Arrays.toString(log.column(column)))
        .toList()
        .toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"frozen", "augmented", "fine-tuned", "bf16", "cross-entropy"})
  void learnsAndLeavesItsStartAlone(String kind) {
    String before = encoder.record().entries().get("encoder.md5");
    SegmentConfig longer = QUICK.withEpochs(12);
    SegmentConfig config =
        switch (kind) {
          case "augmented" -> longer.withAugmentation(true);
          case "fine-tuned" -> longer.withEncoderLearningRate(1e-4);
          case "bf16" -> longer.withPrecision(Precision.BFLOAT16);
          case "cross-entropy" -> longer.withLoss(SegmentLoss.CROSS_ENTROPY);
          default -> longer;
        };
    try (var segmenter = fit(config, folder.resolve("run"), true)) {
      assertEquals(before, encoder.record().entries().get("encoder.md5"));
      String after = segmenter.encoder().record().entries().get("encoder.md5");
      assertEquals(!kind.equals("fine-tuned"), before.equals(after));
      double[] losses = MetricsLog.read(folder.resolve("run/metrics.csv")).column("loss");
      assertTrue(losses[11] < 0.7 * losses[0], losses[0] + " to " + losses[11]);
      var report = segmenter.evaluate(dataset.split(Split.TEST));
      assertTrue(report.score(MaskMeasure.DICE).point() > 0.7, report.toString());
    }
  }

  @Test
  void keptTokensGiveTheSameToTheLastBit() throws IOException {
    byte[] computed;
    try (var segmenter = fit(QUICK, folder.resolve("without"), false)) {
      computed = masks(segmenter);
    }
    assertFalse(Files.exists(folder.resolve("cache")));
    for (String run : List.of("filling", "reading")) {
      try (var segmenter = fit(QUICK, folder.resolve(run), true)) {
        assertArrayEquals(computed, masks(segmenter), run);
        assertEquals(metrics(folder.resolve("without")), metrics(folder.resolve(run)), run);
      }
      try (Stream<Path> kept = Files.list(folder.resolve("cache"))) {
        assertEquals(24 + 8, kept.count());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"augmented", "fine-tuned"})
  void tokensThatChangeAreNotKept(String kind) throws IOException {
    SegmentConfig config =
        kind.equals("augmented")
            ? QUICK.withAugmentation(true)
            : QUICK.withEncoderLearningRate(1e-4);
    fit(config.withEpochs(1), folder.resolve("run"), true).close();
    Path cache = folder.resolve("cache");
    if (kind.equals("fine-tuned")) {
      assertFalse(Files.exists(cache));
      return;
    }
    try (Stream<Path> kept = Files.list(cache)) {
      assertEquals(8, kept.count(), "the validation images are not augmented");
    }
  }

  @Test
  void aStepThatIsForgottenLeavesNothingBehind() {
    ImageList train = dataset.split(Split.TRAIN);
    List<Sample> batch = List.of(train.get(0), train.get(1));
    try (var network =
            SegmentNetwork.start(
                encoder.copy("copy"), QUICK, train.maskClassNames(), new RandomSource(7));
        var trainee = new Trainee(QUICK, network, tokens(network), train, tokens(network))) {
      Map<String, float[]> before = statistics(trainee);
      double loss = trainee.look(0, batch).loss();
      Map<String, float[]> after = statistics(trainee);
      assertTrue(
          before.keySet().stream().noneMatch(k -> Arrays.equals(before.get(k), after.get(k))));
      trainee.forget();
      statistics(trainee).forEach((name, values) -> assertArrayEquals(before.get(name), values));
      var again = trainee.look(0, batch);
      assertEquals(loss, again.loss());
      statistics(trainee).forEach((name, values) -> assertArrayEquals(after.get(name), values));
    }
  }

  private static BlockTokens tokens(SegmentNetwork network) {
    return new BlockTokens(network.encoder(), network.blocks());
  }

  private static Map<String, float[]> statistics(Trainee trainee) {
    return trainee.tensors().get(EpochModel.MODEL).entrySet().stream()
        .filter(entry -> entry.getKey().contains("running"))
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().toFloatArray()));
  }

  @Test
  void goesOnFromACheckpointToTheLastBit() throws IOException {
    Path run = folder.resolve("run");
    byte[] whole;
    try (var segmenter = fit(QUICK, run, true)) {
      whole = masks(segmenter);
    }
    String metrics = metrics(run);
    try (Stream<Path> checkpoints = Files.list(run.resolve("checkpoints"))) {
      TemporaryFolder.delete(checkpoints.max(Comparator.naturalOrder()).orElseThrow());
    }
    try (var segmenter = fit(QUICK, run, true)) {
      assertArrayEquals(whole, masks(segmenter));
      assertEquals(metrics, metrics(run));
    }
    var refusal =
        assertThrows(InputException.class, () -> fit(QUICK.withSeed(8), run, true).close());
    assertTrue(refusal.getMessage().contains("seed"), refusal.getMessage());
  }

  @Test
  void aSavedSegmenterPredictsPicturesOfTheirOwnSize() throws IOException {
    RgbImage image = PhantomDataset.of(PhantomConfig.defaults()).split(Split.TEST).get(0).image();
    var oblong =
        new java.awt.image.BufferedImage(90, 70, java.awt.image.BufferedImage.TYPE_INT_RGB);
    oblong.createGraphics().drawImage(image.toBufferedImage(), 0, 0, 90, 70, null);
    Path picture = folder.resolve("new.png");
    ImageIO.write(oblong, "png", picture.toFile());
    try (var segmenter = fit(QUICK.withEpochs(1), folder.resolve("run"), true)) {
      Segmentation found = segmenter.predict(picture);
      assertEquals(90, found.width());
      assertEquals(70, found.height());
      for (int i = 0; i < 90 * 70; i++) {
        assertEquals(1, found.probabilities()[0][i] + found.probabilities()[1][i], 1e-5);
      }
      segmenter.save(folder.resolve("saved"));
      try (var again = Segmenter.load(folder.resolve("saved"))) {
        assertEquals(segmenter.classNames(), again.classNames());
        assertEquals(segmenter.record(), again.record());
        Segmentation same = again.predict(picture);
        assertArrayEquals(found.mask(), same.mask());
        assertArrayEquals(found.probabilities()[1], same.probabilities()[1]);
      }
    }
    Files.delete(folder.resolve("saved/adapter.safetensors"));
    assertThrows(InputException.class, () -> Segmenter.load(folder.resolve("saved")));
  }

  private void assertRefused(String words, UnaryOperator<Sample> change) {
    ImageDataset broken = new Squares(8, change);
    var refusal =
        assertThrows(
            InputException.class,
            () -> SegmentTrainer.fit(encoder, broken, QUICK, folder.resolve("broken")).close());
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    assertFalse(Files.exists(folder.resolve("broken/checkpoints")));
  }

  private static Sample with(Sample sample, RgbImage image, Optional<byte[]> mask) {
    return new Sample(sample.id(), image, sample.labels(), mask, Optional.empty());
  }

  @Test
  void badInputIsNamed() {
    assertRefused("empty", s -> with(s, s.image(), s.mask().map(m -> new byte[m.length])));
    assertRefused(
        "TRAIN/",
        s ->
            with(
                s,
                s.image(),
                s.mask()
                    .map(
                        m -> {
                          m[0] = 2;
                          return m;
                        })));
    assertRefused("pixels", s -> with(s, s.image(), Optional.of(filled(9))));
    assertRefused(
        "smaller than one patch",
        s -> with(s, RgbImage.ofGrey(4, 4, new byte[16]), Optional.of(filled(16))));
    assertRefused("TRAIN/0 has no mask", s -> with(s, s.image(), Optional.empty()));
  }

  private static byte[] filled(int length) {
    byte[] mask = new byte[length];
    Arrays.fill(mask, (byte) 1);
    return mask;
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> QUICK.withImageSize(60));
    try (var coarse = Encoder.random(new VitConfig(28, 7, 24, 3, 3, 4, true, 0.1f, 1e-6f), 1)) {
      var refusal =
          assertThrows(
              InputException.class, () -> SegmentTrainer.fit(coarse, dataset, QUICK).close());
      assertTrue(refusal.getMessage().contains("patches of 7"), refusal.getMessage());
    }
  }

  @Test
  void aLossThatIsNotFiniteStopsAndKeepsWhatWasGood() {
    SegmentConfig wild =
        new SegmentConfig(
            NARROW, 64, SegmentLoss.CROSS_ENTROPY, false, 1e30, 0, 0, 4, 8, Precision.FLOAT32, 7);
    var stopped =
        assertThrows(
            TrainingStoppedException.class, () -> fit(wild, folder.resolve("run"), true).close());
    assertTrue(stopped.getMessage().contains("learning rate"), stopped.getMessage());
  }
}
