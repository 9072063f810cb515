package org.omnirad.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;

class LogisticRegressionTest {

  private static final int DIM = 6;
  private static final LogisticRegressionConfig CONFIG = LogisticRegressionConfig.defaults();

  @Test
  void learnsTwoClassesThreeClassesAndFindings() {
    for (Task task : new Task[] {Task.BINARY, Task.MULTI_CLASS, Task.MULTI_LABEL}) {
      var regression =
          LogisticRegression.fit(features(task, 300, 1), features(task, 100, 2), CONFIG);
      var report = regression.evaluate(features(task, 200, 3));
      assertTrue(report.auc().point() > 0.95, report.toString());
      assertEquals(12, regression.grid().rows().size());
      assertEquals(regression.chosen().score(), regression.grid().rows().get(0).get(1));
    }
  }

  @Test
  void theGradientOfItsObjectiveIsZero() {
    Features train = features(Task.BINARY, 200, 1);
    double c = 0.1;
    var exact = new LogisticRegressionConfig(List.of(c), 1e-12, 2000);
    var regression = LogisticRegression.fit(train, train, exact);
    // Standardised features and their weights, from the two statistics of the data.
    float[][] p = regression.predict(train);
    for (int d = 0; d < DIM; d++) {
      double mean = 0;
      double square = 0;
      for (float[] row : train.vectors()) {
        mean += row[d] / (double) train.size();
        square += (double) row[d] * row[d] / train.size();
      }
      double deviation = Math.sqrt(square - mean * mean);
      double gradient = 0;
      for (int i = 0; i < train.size(); i++) {
        double x = (train.vectors()[i][d] - mean) / deviation;
        gradient += c * (p[i][1] - train.targets()[i][0]) * x;
      }
      double weight = weight(regression, d) * deviation;
      assertEquals(0, gradient + weight, 2e-3, "value " + d);
    }
  }

  /** The weight of one value, from the log odds of two vectors. */
  private static double weight(LogisticRegression regression, int d) {
    float[][] vectors = new float[2][DIM];
    vectors[1][d] = 1;
    float[][] p = regression.predict(features(Task.BINARY, vectors, new int[2][1]));
    return Math.log(p[1][1] / p[1][0]) - Math.log(p[0][1] / p[0][0]);
  }

  @Test
  void equalDataGiveEqualFits() {
    Features train = features(Task.MULTI_CLASS, 90, 1);
    float[][] once = LogisticRegression.fit(train, train, CONFIG).predict(train);
    assertArrayEquals(once, LogisticRegression.fit(train, train, CONFIG).predict(train));
  }

  @Test
  void refusesAClassWithoutImages() {
    Features train = features(Task.MULTI_CLASS, 2, 1);
    var e = assertThrows(InputException.class, () -> LogisticRegression.fit(train, train, CONFIG));
    assertTrue(e.getMessage().contains("'bone' holds for 0 of 2"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> new LogisticRegressionConfig(List.of(-1.0), 1e-6, 10));
  }

  @Test
  void refusesWhatItCannotUse() {
    Features train = features(Task.MULTI_CLASS, 30, 1);
    Features none = features(Task.MULTI_CLASS, 0, 1);
    refused(none, train, "0 train images and 30 for validation");
    refused(train, none, "30 train images and 0 for validation");
    Features wrong = features(Task.MULTI_CLASS, 30, 1);
    wrong.targets()[4] = new int[] {-1};
    refused(wrong, train, "item 4 has the labels [-1]");
    refused(train, wrong, "item 4 has the labels [-1]");
    Features one = features(Task.MULTI_CLASS, new float[5][DIM], new int[5][1]);
    refused(one, train, "All train images have the labels [0]");
  }

  private static void refused(Features train, Features val, String message) {
    var e = assertThrows(InputException.class, () -> LogisticRegression.fit(train, val, CONFIG));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  /** Noise, with 4 added to a value for each class of an image. */
  private static Features features(Task task, int n, long seed) {
    var random = new RandomSource(seed).at(0, "test");
    int classes = task == Task.BINARY ? 2 : 3;
    float[][] vectors = new float[n][DIM];
    int[][] labels = new int[n][];
    for (int i = 0; i < n; i++) {
      for (int d = 0; d < DIM; d++) {
        vectors[i][d] = (float) random.nextGaussian();
      }
      labels[i] =
          task == Task.MULTI_LABEL
              ? new int[] {i & 1, i >> 1 & 1, i >> 2 & 1}
              : new int[] {i % classes};
      for (int k = 0; k < classes; k++) {
        boolean is = task == Task.MULTI_LABEL ? labels[i][k] == 1 : labels[i][0] == k;
        vectors[i][k] += is ? 4 : 0;
      }
    }
    return features(task, vectors, labels);
  }

  private static Features features(Task task, float[][] vectors, int[][] labels) {
    List<String> ids = IntStream.range(0, vectors.length).mapToObj(i -> "item " + i).toList();
    List<String> names = List.of("lung", "liver", "bone").subList(0, task == Task.BINARY ? 2 : 3);
    return new Features(
        vectors, labels, ids, task, names, FeatureSpec.cls(), new RunRecord(Map.of()));
  }
}
