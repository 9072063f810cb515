package org.omnirad.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureCache;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.Measure;
import org.omnirad.probe.KnnClassifier;
import org.omnirad.probe.LinearProbeConfig;
import org.omnirad.probe.LogisticRegressionConfig;
import org.omnirad.report.ComparisonReport;
import org.omnirad.run.InputException;
import org.omnirad.tensor.Precision;

class ComparisonTest {

  private static final VitConfig SHALLOW = VitConfig.tiny().withImageSize(32).withDepth(2);
  private static final Regime KNN = Regime.knn(5);
  private static final Regime PROBE =
      Regime.linearProbe(LinearProbeConfig.defaults().withSteps(100));
  private static final Regime LOGISTIC =
      Regime.logisticRegression(new LogisticRegressionConfig(List.of(1.0), 1e-4, 20));
  private static final Regime LORA =
      Regime.fineTuning(FineTuneConfig.lora().quick().withEpochs(1, 1).withBatch(16, 16));

  @TempDir Path folder;
  private final ImageDataset dataset =
      PhantomDataset.of(PhantomConfig.defaults().withImageSize(32).withSizes(96, 48, 48));

  @AfterEach
  void close() {
    dataset.close();
  }

  private ComparisonReport run(Comparison plan) {
    return plan.run(folder.resolve("run"), new FeatureCache(folder.resolve("cache"), 1 << 30));
  }

  private Comparison plan(List<Contender> contenders, List<Regime> regimes, int seeds) {
    return new Comparison(contenders, List.of(dataset), regimes, seeds);
  }

  @Test
  void everyRegimeGivesItsCells() {
    var plan =
        plan(
            List.of(Contender.random(SHALLOW), Contender.rawPixels()),
            List.of(KNN, PROBE, LOGISTIC, LORA),
            2);
    ComparisonReport report = run(plan);
    assertEquals(2 * 4 + 2 * 3, plan.size());
    assertEquals(plan.size(), report.cells().size());
    assertEquals(List.of(), report.failures().rows());
    assertEquals(7, report.of(Measure.AUC).rows().size());
    try (var encoder = Encoder.random(SHALLOW, 2)) {
      var alone =
          KnnClassifier.fit(encoder.embed(dataset.split(Split.TRAIN)), 5)
              .evaluate(encoder.embed(dataset.split(Split.TEST)));
      double second =
          report.cells().stream()
              .filter(c -> c.seed() == 2 && c.regime().equals("kNN-5"))
              .findFirst()
              .orElseThrow()
              .predictions()
              .orElseThrow()
              .score(Measure.ACCURACY);
      assertEquals(alone.accuracy().point(), second);
    }
  }

  @Test
  void aFinishedCellIsNotComputedAgain() throws IOException {
    var plan = plan(List.of(Contender.random(SHALLOW)), List.of(KNN, LORA), 1);
    ComparisonReport first = run(plan);
    Map<Path, FileTime> times = times();
    assertEquals(2, times.size());
    var longer = plan(List.of(Contender.random(SHALLOW)), List.of(KNN, LORA, PROBE), 1);
    ComparisonReport second = run(longer);
    assertEquals(first.of(Measure.AUC).rows(), second.of(Measure.AUC).rows().subList(0, 2));
    Map<Path, FileTime> after = times();
    assertEquals(3, after.size());
    times.forEach((file, time) -> assertEquals(time, after.get(file)));
  }

  @Test
  void otherConfigsAndDataAreOtherCells() throws IOException {
    run(plan(List.of(Contender.random(SHALLOW)), List.of(KNN), 1));
    run(plan(List.of(Contender.random(SHALLOW.withDepth(1))), List.of(KNN), 1));
    run(plan(List.of(Contender.random(SHALLOW)), List.of(Regime.knn(3)), 1));
    assertEquals(3, times().size());
    int cells = 3;
    for (int[] sizes : new int[][] {{80, 48, 48}, {96, 40, 48}, {96, 48, 40}}) {
      ImageDataset fewer = dataset.first(sizes[0], sizes[1], sizes[2]);
      run(plan(fewer, List.of(Contender.random(SHALLOW)), List.of(KNN)));
      assertEquals(++cells, times().size(), Arrays.toString(sizes));
    }
  }

  private static Comparison plan(
      ImageDataset data, List<Contender> contenders, List<Regime> regimes) {
    return new Comparison(contenders, List.of(data), regimes, 1);
  }

  private static String reason(ComparisonReport report) {
    return report.failures().rows().get(0).get(4).toString();
  }

  @Test
  void aCellThatFailsInTrainingLetsTheOthersGoOn() throws IOException {
    var diverging =
        new FineTuneConfig(
            null, false, true, 1e25, 0.01, 0, 2, 0, 1e30, 1e30, 16, 16, Precision.FLOAT32, 7);
    var contenders = List.of(Contender.random(SHALLOW));
    var regimes = List.of(Regime.fineTuning(diverging), KNN, LORA);
    ComparisonReport report = run(plan(contenders, regimes, 1));
    assertEquals(1, report.failures().rows().size());
    assertTrue(reason(report).contains("so the step was not taken"), reason(report));
    assertEquals(2, report.of(Measure.AUC).rows().size());
    assertEquals(2, times().size());
  }

  @Test
  void aDatasetThatCannotBeReadLetsTheOthersGoOn() throws IOException {
    var gone = new UncheckedIOException(new IOException("the disk is gone"));
    var readable =
        PhantomDataset.abdomen(
            PhantomConfig.defaults().withImageSize(32).withSizes(96, 48, 48)); // another name
    var plan =
        new Comparison(
            List.of(Contender.random(SHALLOW), Contender.rawPixels()),
            List.of(AlteredDataset.broken(dataset, Split.TRAIN, 5, i -> gone), readable),
            List.of(LORA, KNN),
            1);
    ComparisonReport report = run(plan);
    assertEquals(3, report.failures().rows().size());
    assertTrue(reason(report).contains("the disk is gone"), reason(report));
    assertEquals(3, times().size());
  }

  @Test
  void whatThePlansFolderCannotHoldEndsThePlan() throws IOException {
    Comparison plan = plan(List.of(Contender.rawPixels()), List.of(KNN, PROBE), 1);
    run(plan);
    for (Path cell : times().keySet()) {
      Files.delete(cell);
      Files.createDirectories(cell.resolveSibling(cell.getFileName() + "/in the way"));
    }
    assertThrows(UncheckedIOException.class, () -> run(plan));
  }

  @Test
  void splitsThatCannotBeUsedAreFoundBeforeAnythingIsComputed() throws IOException {
    for (var altered :
        Map.of(
                "test image 0 of phantom has the labels [8]",
                AlteredDataset.relabelled(dataset, Split.TEST, 8),
                "phantom has no test images",
                dataset.first(96, 48, 0),
                "phantom has no validation images",
                dataset.first(96, 0, 48))
            .entrySet()) {
      ImageDataset unread =
          new AlteredDataset(
              altered.getValue(),
              Split.TRAIN,
              images ->
                  new AlteredDataset.Images(images) {
                    @Override
                    public Sample get(int index) {
                      throw new AssertionError("an image is looked at");
                    }
                  });
      ComparisonReport report =
          run(
              plan(
                  unread,
                  List.of(Contender.random(SHALLOW), Contender.rawPixels()),
                  List.of(LORA, KNN)));
      assertEquals(3, report.failures().rows().size());
      assertTrue(reason(report).contains(altered.getKey()), reason(report));
      assertEquals(0, times().size());
    }
  }

  @Test
  void aFailedCellLetsTheOthersGoOnAndIsTriedAgain() throws IOException {
    Path missing = folder.resolve("weights");
    var plan =
        plan(List.of(Contender.encoder(missing + "/"), Contender.rawPixels()), List.of(KNN), 1);
    ComparisonReport report = run(plan);
    assertEquals(1, report.failures().rows().size());
    assertTrue(report.failures().rows().get(0).get(4).toString().contains("weights"));
    assertEquals(1, report.of(Measure.AUC).rows().size());
    try (var encoder = Encoder.random(SHALLOW, 1)) {
      encoder.save(missing);
    }
    assertEquals(2, run(plan).of(Measure.AUC).rows().size());
  }

  @Test
  void anInterruptedRunGoesOn() throws Exception {
    Regime longer = Regime.fineTuning(FineTuneConfig.lora().quick().withEpochs(6, 1));
    var plan = plan(List.of(Contender.random(SHALLOW)), List.of(KNN, longer), 1);
    var running = new FutureTask<>(() -> run(plan));
    var thread = new Thread(running);
    thread.start();
    while (!Files.exists(folder.resolve("run")) || times().isEmpty()) {
      Thread.sleep(5);
    }
    thread.interrupt(); // while it fine-tunes
    var e = assertThrows(ExecutionException.class, running::get);
    assertInstanceOf(CancellationException.class, e.getCause());
    assertEquals(1, times().size());
    assertEquals(2, run(plan).of(Measure.AUC).rows().size());
  }

  @Test
  void refusesPlansWithoutDifferentNames() {
    assertThrows(InputException.class, () -> plan(List.of(), List.of(KNN), 1));
    assertThrows(
        InputException.class, () -> plan(List.of(Contender.rawPixels()), List.of(KNN, KNN), 1));
    assertThrows(InputException.class, () -> plan(List.of(Contender.rawPixels()), List.of(KNN), 0));
  }

  private Map<Path, FileTime> times() throws IOException {
    var times = new TreeMap<Path, FileTime>();
    try (Stream<Path> files = Files.list(folder.resolve("run"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".npz")).toList()) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    }
    return times;
  }
}
