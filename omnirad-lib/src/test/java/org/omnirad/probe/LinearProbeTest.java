package org.omnirad.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;

class LinearProbeTest {

  private static final List<String> CLASSES = List.of("lung", "liver", "bone");
  private static final LinearProbeConfig SHORT = LinearProbeConfig.defaults().withSteps(300);

  @Test
  void learnsWhatIsLinear() {
    FeatureSpec spec = FeatureSpec.lastBlocks(4).withPatchMean();
    var probe = LinearProbe.fit(features(400, spec, 20, 1), features(100, spec, 20, 2), SHORT);
    var report = probe.evaluate(features(200, spec, 20, 3));
    assertTrue(report.accuracy().point() > 0.95, report.toString());
    assertEquals(4 * 13, probe.grid().rows().size());
    assertEquals(probe.chosen().score(), probe.grid().rows().get(0).get(3));
  }

  @Test
  void choosesTheTokensThatTellTheClasses() {
    FeatureSpec spec = FeatureSpec.lastBlocks(4).withPatchMean();
    // Of five tokens with three values each only the mean patch token, the last, tells them.
    Features train = swapped(features(400, spec, 15, 1));
    Features val = swapped(features(150, spec, 15, 2));
    var probe = LinearProbe.fit(train, val, SHORT);
    assertTrue(probe.chosen().spec().patchMean(), probe.chosen().toString());
    assertTrue(probe.chosen().score() > 0.9, probe.chosen().toString());
    for (var row : probe.grid().rows()) {
      assertTrue(row.get(1).equals("yes") || (double) row.get(3) < 0.6, row.toString());
    }
  }

  /** The last block's class token and the mean patch token in each other's place. */
  private static Features swapped(Features f) {
    for (float[] vector : f.vectors()) {
      for (int d = 9; d < 12; d++) {
        float value = vector[d];
        vector[d] = vector[d + 3];
        vector[d + 3] = value;
      }
    }
    return f;
  }

  @Test
  void findsSeveralThingsInOneImage() {
    var probe = LinearProbe.fit(findings(400, 1), findings(100, 2), SHORT);
    var report = probe.evaluate(findings(200, 3));
    assertTrue(report.auc().point() > 0.95, report.toString());
    assertEquals(report.auc(), report.measures().get(Measure.AUC));
    assertEquals("AUC", probe.grid().columns().get(3));
  }

  @Test
  void equalSeedsGiveEqualProbes() {
    Features train = features(120, FeatureSpec.cls(), 6, 1);
    Features val = features(60, FeatureSpec.cls(), 6, 2);
    float[][] once = LinearProbe.fit(train, val, SHORT).predict(val);
    float[][] again = LinearProbe.fit(train, val, SHORT).predict(val);
    float[][] other = LinearProbe.fit(train, val, SHORT.withSeed(8)).predict(val);
    assertArrayEquals(once, again);
    assertNotEquals(once[0][0], other[0][0]);
  }

  @Test
  void refusesWhatItCannotUse() {
    Features train = features(60, FeatureSpec.cls(), 6, 1);
    Features val = features(30, FeatureSpec.cls(), 6, 2);
    refused(
        () -> LinearProbe.fit(train, features(30, FeatureSpec.cls(), 5, 2), SHORT),
        "with 5 values");
    refused(
        () -> LinearProbe.fit(oneClass(train), val, SHORT), "All train images have the labels [0]");
    Features none = features(0, FeatureSpec.cls(), 6, 1);
    refused(() -> LinearProbe.fit(none, val, SHORT), "0 train images and 30 for validation");
    refused(() -> LinearProbe.fit(train, none, SHORT), "60 train images and 0 for validation");
    Features wrong = features(60, FeatureSpec.cls(), 6, 1);
    wrong.targets()[4] = new int[] {3};
    refused(() -> LinearProbe.fit(wrong, val, SHORT), "item 4 has the labels [3]");
    refused(() -> LinearProbe.fit(train, wrong, SHORT), "item 4 has the labels [3]");
    refused(
        () -> LinearProbe.fit(scaled(train, 1e30f), scaled(val, 1e30f), SHORT),
        "diverged at every");
    var probe = LinearProbe.fit(train, val, SHORT);
    refused(() -> probe.predict(features(3, FeatureSpec.lastBlocks(2), 6, 1)), "blocks=2");
  }

  @Test
  void anInterruptStopsIt() {
    Features train = features(60, FeatureSpec.cls(), 6, 1);
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> LinearProbe.fit(train, train, SHORT));
  }

  private static void refused(Runnable call, String message) {
    var e = assertThrows(InputException.class, call::run);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private static Features oneClass(Features f) {
    return new Features(
        f.vectors(), new int[f.size()][1], f.ids(), f.task(), f.classNames(), f.spec(), f.record());
  }

  private static Features scaled(Features f, float factor) {
    float[][] vectors = new float[f.size()][f.dim()];
    for (int i = 0; i < vectors.length; i++) {
      for (int d = 0; d < f.dim(); d++) {
        vectors[i][d] = factor * f.vectors()[i][d];
      }
    }
    return new Features(
        vectors, f.targets(), f.ids(), f.task(), f.classNames(), f.spec(), f.record());
  }

  /** Noise, with each finding added to a value of its own. */
  private static Features findings(int n, long seed) {
    Features f = features(n, FeatureSpec.cls(), 6, seed);
    int[][] labels = new int[n][];
    for (int i = 0; i < n; i++) {
      labels[i] = new int[] {i & 1, i >> 1 & 1, i >> 2 & 1};
      for (int k = 0; k < CLASSES.size(); k++) {
        f.vectors()[i][3 + k] += 4 * labels[i][k];
      }
    }
    return new Features(
        f.vectors(), labels, f.ids(), Task.MULTI_LABEL, CLASSES, f.spec(), f.record());
  }

  /** Noise, with the class added to the last block's class token. */
  private static Features features(int n, FeatureSpec spec, int dim, long seed) {
    var random = new RandomSource(seed).at(0, "test");
    int token = dim / (spec.blocks() + (spec.patchMean() ? 1 : 0));
    float[][] vectors = new float[n][dim];
    int[][] labels = new int[n][1];
    for (int i = 0; i < n; i++) {
      labels[i][0] = i % CLASSES.size();
      for (int d = 0; d < dim; d++) {
        vectors[i][d] = (float) random.nextGaussian();
      }
      vectors[i][(spec.blocks() - 1) * token + labels[i][0]] += 5;
    }
    List<String> ids = IntStream.range(0, n).mapToObj(i -> "item " + i).toList();
    return new Features(
        vectors, labels, ids, Task.MULTI_CLASS, CLASSES, spec, new RunRecord(Map.of()));
  }
}
