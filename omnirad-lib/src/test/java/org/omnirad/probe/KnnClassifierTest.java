package org.omnirad.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Task;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;

class KnnClassifierTest {

  private static final List<String> CLASSES = List.of("lung", "liver", "bone");

  @Test
  void votesFollowTheClosedForm() {
    Features train = features(new float[][] {{1, 0}, {0, 2}, {-3, 0}}, new int[][] {{0}, {1}, {2}});
    float[][] votes = KnnClassifier.fit(train, 2).predict(queries(new float[][] {{6, 8}}));
    double towardsFirst = Math.exp((0.6 - 0.8) / 0.07);
    assertEquals(towardsFirst / (1 + towardsFirst), votes[0][0], 1e-6);
    assertEquals(1 / (1 + towardsFirst), votes[0][1], 1e-6);
    assertEquals(0, votes[0][2]);
  }

  @Test
  void agreesWithTheNaiveSearch() {
    for (int[] shape : new int[][] {{2, 1, 3, 1}, {259, 7, 5, 20}, {700, 33, 301, 700}}) {
      Features train = random(shape[0], shape[1], 1);
      Features test = random(shape[2], shape[1], 2);
      float[][] fast = KnnClassifier.fit(train, shape[3]).predict(test);
      for (int i = 0; i < test.size(); i++) {
        assertArrayEquals(naive(train, test.vectors()[i], shape[3]), fast[i], 2e-4f);
      }
    }
  }

  @Test
  void theEarlierOfEqualTrainVectorsIsNearer() {
    float[][] equal = new float[600][];
    Arrays.setAll(equal, i -> new float[] {1, 2, 3, 4, 5});
    int[][] labels = new int[600][];
    Arrays.setAll(labels, i -> new int[] {i == 0 ? 2 : i < 3 ? 1 : 0});
    float[][] votes =
        KnnClassifier.fit(features(equal, labels), 3)
            .predict(queries(new float[][] {{5, 4, 3, 2, 1}}));
    assertArrayEquals(new float[] {0, 2f / 3, 1f / 3}, votes[0], 1e-7f);
  }

  @Test
  void neighboursVoteForEachOfTheirFindings() {
    Features train =
        findings(
            new float[][] {{1, 0}, {0, 2}, {-3, 0}}, new int[][] {{1, 0, 1}, {0, 0, 1}, {1, 1, 1}});
    float[][] votes = KnnClassifier.fit(train, 2).predict(queries(new float[][] {{6, 8}}));
    double towardsFirst = Math.exp((0.6 - 0.8) / 0.07);
    assertEquals(towardsFirst / (1 + towardsFirst), votes[0][0], 1e-6);
    assertEquals(0, votes[0][1]);
    assertEquals(1, votes[0][2], 1e-7);
  }

  @Test
  void scoresEachFinding() {
    Features train =
        findings(
            new float[][] {{1, 0}, {0, 1}, {-1, 0}}, new int[][] {{1, 0, 1}, {0, 0, 0}, {0, 1, 1}});
    Features test =
        findings(
            new float[][] {{2, 0.1f}, {0.1f, 3}, {-1, 0.1f}, {-1, 0.2f}},
            new int[][] {{1, 0, 1}, {0, 0, 0}, {0, 1, 1}, {0, 0, 1}});
    ClassificationReport report = KnnClassifier.fit(train, 1).evaluate(test);
    assertEquals(Task.MULTI_LABEL, report.predictions().task());
    assertEquals((1 + 0.75 + 1) / 3, report.accuracy().point(), 1e-15);
    assertEquals((1 + 5.0 / 6 + 1) / 3, report.auc().point(), 1e-15);
  }

  @Test
  void scoresGradesByTheirDistance() {
    Features any = random(12, 4, 1);
    Features train = of(Task.ORDINAL, any.vectors(), any.targets());
    ClassificationReport report = KnnClassifier.fit(train, 1).evaluate(train);
    assertEquals(1, report.measures().get(Measure.QUADRATIC_KAPPA).point());
    assertEquals(0, report.measures().get(Measure.MEAN_ABSOLUTE_ERROR).point());
  }

  @Test
  void scoresItsPredictions() {
    Features train = features(new float[][] {{1, 0}, {0, 1}, {-1, 0}}, new int[][] {{0}, {1}, {2}});
    Features test =
        features(
            new float[][] {{2, 0.1f}, {0.1f, 3}, {-1, 0.1f}, {-1, -0.2f}},
            new int[][] {{0}, {1}, {2}, {0}});
    ClassificationReport report = KnnClassifier.fit(train, 1).evaluate(test);
    assertEquals(0.75, report.accuracy().point());
    assertEquals(1, report.confusion().counts()[0][2]);
    assertEquals("kNN, k = 1", report.title());
    assertEquals("1", report.record().entries().get("knn.k"));
  }

  @Test
  void refusesWhatItCannotUse() {
    Features train = random(10, 4, 1);
    refused(() -> KnnClassifier.fit(train, 11), "k is 11, but there are 10 train images");
    refused(() -> KnnClassifier.fit(train, 0), "k is 0");
    KnnClassifier knn = KnnClassifier.fit(train, 3);
    refused(() -> knn.predict(random(2, 5, 1)), "length 5, but the train vectors have length 4");
    refused(() -> knn.predict(queries(new float[][] {{0, 0, 0, 0}})), "item 0 is zero");
    refused(
        () -> knn.predict(queries(new float[][] {{0, Float.NaN, 0, 0}})), "item 0 holds values");
    refused(
        () -> knn.predict(queries(new float[][] {{1, 1, 1, 1}, {1, 1, 1}})),
        "item 1 has length 3, others have 4");
    refused(
        () -> KnnClassifier.fit(features(new float[][] {{1}}, new int[][] {{1, 0, 1}}), 1),
        "item 0 has the labels [1, 0, 1]. The 3 classes [lung, liver, bone] have one label");
    refused(
        () -> KnnClassifier.fit(features(new float[][] {{1}}, new int[][] {{}}), 1),
        "item 0 has no label");
    refused(
        () -> KnnClassifier.fit(features(new float[][] {{1}}, new int[][] {{3}}), 1),
        "item 0 has the labels [3]");
    refused(
        () -> KnnClassifier.fit(findings(new float[][] {{1}}, new int[][] {{1}}), 1),
        "item 0 has the labels [1]. The 3 findings [lung, liver, bone] need a zero or one each");
    refused(
        () -> KnnClassifier.fit(features(new float[][] {{1}, {2}}, new int[][] {{1}, {1}}), 1),
        "All train images have the labels [1]");
    refused(() -> KnnClassifier.fit(random(0, 4, 1), 1), "there are 0 train images");
    refused(
        () -> KnnClassifier.fit(findings(new float[][] {{1}}, new int[][] {{}}), 1),
        "item 0 has no label");
    refused(
        () -> knn.evaluate(of(Task.ORDINAL, train.vectors(), train.targets())),
        "Test classes [lung, liver, bone] (ORDINAL)");
    refused(
        () ->
            knn.evaluate(
                new Features(
                    train.vectors(),
                    train.targets(),
                    train.ids(),
                    train.task(),
                    List.of("x", "y", "z"),
                    train.spec(),
                    train.record())),
        "Test classes [x, y, z] (MULTI_CLASS), but train classes [lung, liver, bone]");
  }

  @Test
  void predictsNothingForNoImages() {
    assertEquals(0, KnnClassifier.fit(random(3, 2, 1), 1).predict(random(0, 0, 1)).length);
  }

  @Test
  void stopsWhenInterrupted() {
    KnnClassifier knn = KnnClassifier.fit(random(20, 4, 1), 3);
    Thread.currentThread().interrupt();
    var stopped = assertThrows(CancellationException.class, () -> knn.predict(random(900, 4, 2)));
    assertEquals("kNN interrupted after 512 of 900 images", stopped.getMessage());
    assertTrue(!Thread.interrupted());
  }

  private static void refused(Runnable call, String message) {
    String text = assertThrows(InputException.class, call::run).getMessage();
    assertTrue(text.contains(message), text);
  }

  private static float[] naive(Features train, float[] query, int k) {
    double[] similarities = new double[train.size()];
    Arrays.setAll(similarities, i -> cosine(train.vectors()[i], query));
    double[] votes = new double[CLASSES.size()];
    IntStream.range(0, train.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -similarities[i]))
        .limit(k)
        .forEach(i -> votes[train.labels()[i]] += Math.exp(similarities[i] / 0.07));
    double sum = Arrays.stream(votes).sum();
    float[] probabilities = new float[votes.length];
    for (int c = 0; c < votes.length; c++) {
      probabilities[c] = (float) (votes[c] / sum);
    }
    return probabilities;
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int d = 0; d < a.length; d++) {
      ab += (double) a[d] * b[d];
      aa += (double) a[d] * a[d];
      bb += (double) b[d] * b[d];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static Features random(int n, int dim, long seed) {
    RandomGenerator random = new RandomSource(seed).at(0, "test");
    float[][] vectors = new float[n][dim];
    int[][] labels = new int[n][1];
    for (int i = 0; i < n; i++) {
      labels[i][0] = random.nextInt(CLASSES.size());
      for (int d = 0; d < dim; d++) {
        vectors[i][d] = (float) random.nextGaussian();
      }
    }
    return features(vectors, labels);
  }

  private static Features queries(float[][] vectors) {
    return features(vectors, new int[vectors.length][0]);
  }

  private static Features features(float[][] vectors, int[][] labels) {
    return of(Task.MULTI_CLASS, vectors, labels);
  }

  private static Features findings(float[][] vectors, int[][] labels) {
    return of(Task.MULTI_LABEL, vectors, labels);
  }

  private static Features of(Task task, float[][] vectors, int[][] labels) {
    List<String> ids = IntStream.range(0, vectors.length).mapToObj(i -> "item " + i).toList();
    return new Features(
        vectors, labels, ids, task, CLASSES, FeatureSpec.cls(), new RunRecord(Map.of()));
  }
}
