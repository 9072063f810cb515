package org.omnirad.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PredictionsTest {

  private static final int[][] FINDINGS = {{1, 0, 0}, {0, 0, 0}, {1, 1, 0}, {0, 1, 0}};
  private static final float[][] SAID = {
    {0.9f, 0.5f, 0.1f}, {0.6f, 0.2f, 0.1f}, {0.8f, 0.7f, 0.1f}, {0.1f, 0.9f, 0.1f}
  };

  @Test
  void predictedIsTheMostProbableClassAndOfTwoTheSecondAboveOneHalf() {
    var classes = new Predictions(Task.MULTI_CLASS, one(0), new float[][] {{0.4f, 0.2f, 0.4f}}, 3);
    assertTrue(classes.isPredicted(0, 0));
    float[][] nearlyEven = {{0.4995f, 0.4999f}, {0.4f, 0.6f}};
    assertTrue(new Predictions(Task.BINARY, one(0, 1), nearlyEven, 2).isPredicted(0, 0));
    assertTrue(new Predictions(Task.MULTI_CLASS, one(0, 1), nearlyEven, 2).isPredicted(0, 1));
    assertFalse(findings().isPredicted(0, 1));
    assertTrue(findings().isPredicted(1, 0));
  }

  @Test
  void measuresOfFindingsAreMeansOverThem() {
    assertEquals((0.75 + 1 + 1) / 3, findings().score(Measure.ACCURACY), 1e-15);
    assertEquals((2. / 3 + 1 + 0) / 3, findings().score(Measure.MACRO_PRECISION), 1e-15);
    assertEquals((1. + 1 + 0) / 3, findings().score(Measure.MACRO_RECALL), 1e-15);
    assertEquals((0.8 + 1 + 0) / 3, findings().score(Measure.MACRO_F1), 1e-15);
    assertArrayEquals(new int[][] {{1, 1}, {0, 2}}, findings().confusion(0).counts());
    assertThrows(IllegalStateException.class, findings()::confusion);
  }

  @Test
  void theAucHasNoValueWhereAClassOrFindingIsAbsent() {
    assertTrue(Double.isNaN(findings().score(Measure.AUC)), "the third finding");
    assertFalse(findings().interval(Measure.AUC, Bootstrap.defaults()).defined());
    assertTrue(findings().interval(Measure.ACCURACY, Bootstrap.defaults()).defined());
    int[][] targets = {{1}, {0}};
    float[][] said = {{0.9f}, {0.3f}};
    assertEquals(1, new Predictions(Task.MULTI_LABEL, targets, said, 1).score(Measure.AUC));
    float[][] three = {{1, 0, 0}, {0, 1, 0}};
    var absent = new Predictions(Task.MULTI_CLASS, one(0, 1), three, 3);
    assertTrue(Double.isNaN(absent.score(Measure.AUC)));
  }

  @Test
  void resamplesThatLackAClassAreNoObstacle() {
    int[] rare = new int[40];
    rare[3] = 1;
    rare[4] = 2;
    float[][] said = new float[40][];
    Arrays.setAll(said, i -> row(i % 3 + 1, i % 5 + 1, i % 7 + 1));
    Interval interval =
        new Predictions(Task.MULTI_CLASS, one(rare), said, 3)
            .interval(Measure.AUC, Bootstrap.defaults());
    assertTrue(0 <= interval.low() && interval.high() <= 1, interval.toString());
    var two = new Predictions(Task.BINARY, one(0, 1), new float[][] {{1, 0}, {0, 1}}, 2);
    assertEquals(new Interval(1, 1, 1, 0.95), two.interval(Measure.AUC, Bootstrap.defaults()));
  }

  @Test
  void aResampleIsTheDataWithItemsRepeated() {
    var random = new SplittableRandom(4);
    for (Task task : Task.values()) {
      int classes = task == Task.BINARY ? 2 : 4;
      int n = 50;
      int[][] targets = new int[n][];
      float[][] said = new float[n][];
      for (int i = 0; i < n; i++) {
        targets[i] =
            random
                .ints(task == Task.MULTI_LABEL ? 4 : 1, 0, task == Task.MULTI_LABEL ? 2 : classes)
                .toArray();
        said[i] = row(random.doubles(classes, 0.1, 1).toArray());
      }
      int[] times = random.ints(n, 0, 3).toArray();
      int[] items =
          IntStream.range(0, n).flatMap(i -> IntStream.range(0, times[i]).map(r -> i)).toArray();
      var repeated =
          new Predictions(
              task,
              Arrays.stream(items).mapToObj(i -> targets[i]).toArray(int[][]::new),
              Arrays.stream(items).mapToObj(i -> said[i]).toArray(float[][]::new),
              classes);
      var all = new Predictions(task, targets, said, classes);
      for (Measure measure : Measure.of(task)) {
        assertEquals(
            repeated.score(measure), all.score(measure, times), 1e-14, task + " " + measure);
      }
    }
  }

  @Test
  void gradesAreOffByTheirDistance() {
    float[][] said = {{1, 0, 0}, {0, 0, 1}, {0, 0, 1}, {0, 1, 0}};
    var grades = new Predictions(Task.ORDINAL, one(0, 0, 2, 2), said, 3);
    assertEquals((2 + 1) / 4., grades.score(Measure.MEAN_ABSOLUTE_ERROR));
    // Squared distances: 4 + 1 = 5 observed; by chance 2/4 (0 + 1 + 4 + 4) + 2/4 (4 + 1 + 0 + 0).
    assertEquals(1 - 5 / 7., grades.score(Measure.QUADRATIC_KAPPA), 1e-15);
    var alike = new Predictions(Task.ORDINAL, one(1, 1), new float[][] {{0, 1, 0}, {0, 1, 0}}, 3);
    assertTrue(Double.isNaN(alike.score(Measure.QUADRATIC_KAPPA)));
    assertFalse(alike.interval(Measure.QUADRATIC_KAPPA, Bootstrap.defaults()).defined());
  }

  @Test
  void refusesWhatDoesNotFit() {
    float[][] two = {{1, 0}};
    refused(() -> new Predictions(Task.MULTI_CLASS, new int[0][], two, 2), "0 targets and 1");
    refused(() -> new Predictions(Task.BINARY, one(0), SAID, 3), "1 targets and 4 predictions");
    refused(
        () -> new Predictions(Task.BINARY, one(0), new float[][] {{1, 0, 0}}, 3),
        "3 classes of a task BINARY");
    refused(
        () -> new Predictions(Task.MULTI_CLASS, new int[][] {{}}, two, 2),
        "the target of image 0 is []; expected one class from 0 to 1");
    refused(
        () -> new Predictions(Task.MULTI_LABEL, one(1), two, 2),
        "the target of image 0 is [1]; expected 2 zeros and ones");
    refused(
        () -> new Predictions(Task.MULTI_LABEL, new int[][] {{}}, two, 2), "the target of image 0");
    refused(
        () -> new Predictions(Task.MULTI_LABEL, new int[][] {{1, 0}}, new float[][] {{3, 0}}, 2),
        "apply a sigmoid to logits");
    refused(() -> findings().score(Measure.QUADRATIC_KAPPA), "QUADRATIC_KAPPA of a task");
  }

  private static Predictions findings() {
    return new Predictions(Task.MULTI_LABEL, FINDINGS, SAID, 3);
  }

  private static float[] row(double... weights) {
    double sum = Arrays.stream(weights).sum();
    float[] row = new float[weights.length];
    for (int k = 0; k < row.length; k++) {
      row[k] = (float) (weights[k] / sum);
    }
    return row;
  }

  private static int[][] one(int... truth) {
    return IntStream.of(truth).mapToObj(t -> new int[] {t}).toArray(int[][]::new);
  }

  private static void refused(Supplier<?> call, String message) {
    String text = assertThrows(IllegalArgumentException.class, call::get).getMessage();
    assertTrue(text.contains(message), text);
  }
}
