package org.omnirad.latent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Task;
import org.omnirad.probe.Neighbours;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;

class ProjectionTest {

  private static final int CLUSTERS = 5;

  enum Method {
    PCA,
    TSNE,
    UMAP;

    Projection project(Features features) {
      return switch (this) {
        case PCA -> Projection.pca(features);
        case TSNE -> Projection.tsne(features, 7);
        case UMAP -> Projection.umap(features, 7);
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyRowKeepsItsPlace(Method method) {
    Features features = clusters(200, 12, 50);
    Projection projection = method.project(features);
    assertEquals(200, projection.points().length);
    assertEquals(1, purity(projection.points()));
  }

  @ParameterizedTest
  @EnumSource
  void equalSeedsGiveEqualPoints(Method method) {
    Features connected = clusters(60, 6, 0.5f);
    double[][] first = method.project(connected).points();
    double[][] second = method.project(connected).points();
    assertArrayEquals(first, second);
  }

  @Test
  void otherSeedsGiveOtherPointsOfLikePurity() {
    Features features = clusters(150, 8, 3);
    double[][] first = Projection.umap(features, 1).points();
    double[][] second = Projection.umap(features, 2).points();
    assertFalse(Arrays.deepEquals(first, second));
    assertEquals(purity(first), purity(second), 0.05);
    assertEquals(
        purity(Projection.tsne(features, 1).points()),
        purity(Projection.tsne(features, 2).points()),
        0.05);
  }

  @ParameterizedTest
  @EnumSource
  void duplicateRowsHavePoints(Method method) {
    float[][] twice = clusters(200, 6, 50).vectors();
    float[][] onlyFive = clusters(100, 6, 50).vectors();
    for (int i = 0; i < 100; i++) {
      twice[i + 100] = twice[i].clone();
      onlyFive[i] = onlyFive[i % 5].clone();
    }
    assertEquals(1, purity(method.project(features(twice)).points()));
    assertEquals(1, purity(method.project(features(onlyFive)).points()));
  }

  @ParameterizedTest
  @EnumSource
  void aSquareTableIsNoDistanceMatrix(Method method) {
    assertEquals(1, purity(method.project(clusters(50, 50, 50)).points()));
  }

  @ParameterizedTest
  @EnumSource
  void fewRowsWorkOrAreRefused(Method method) {
    for (int n = 0; n < 30; n++) {
      Features few = clusters(n, 6, 2);
      int least = method == Method.PCA ? 3 : 10;
      if (n < least) {
        refused(() -> method.project(few), "At least %d images".formatted(least));
      } else {
        assertEquals(n, method.project(few).points().length);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesVectorsWithoutSense(Method method) {
    float[][] rows = clusters(20, 4, 50).vectors();
    rows[3] = new float[] {1, Float.NaN, 1, 1};
    refused(() -> method.project(features(rows)), "item 3 is not 4 finite numbers");
    rows[3] = new float[5];
    refused(() -> method.project(features(rows)), "item 3 is not 4 finite numbers");
    float[][] equal = new float[20][4];
    refused(() -> method.project(features(equal)), "All 20 feature vectors are equal");
    refused(() -> method.project(features(new float[20][1])), "vectors of length 1");
  }

  @ParameterizedTest
  @EnumSource
  void pointsOnALineHavePoints(Method method) {
    float[][] rows = new float[25][3];
    for (int i = 0; i < rows.length; i++) {
      rows[i][1] = i;
    }
    assertEquals(25, method.project(features(rows)).points().length);
  }

  @ParameterizedTest
  @EnumSource(names = {"TSNE", "UMAP"})
  void stopsWhenInterrupted(Method method) {
    Features features = clusters(100, 6, 50);
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> method.project(features));
    assertFalse(Thread.interrupted());
  }

  @Test
  void pcaFollowsTheClosedForm() {
    float[][] rows = {{0, 0, 9}, {4, 3, 9}, {-4, -3, 9}, {-0.3f, 0.4f, 9}, {0.3f, -0.4f, 9}};
    Projection pca = Projection.pca(features(rows));
    assertArrayEquals(new double[] {0, 0}, pca.points()[0], 1e-6);
    assertArrayEquals(new double[] {5, 0}, abs(pca.points()[1]), 1e-6);
    assertArrayEquals(new double[] {0, 0.5}, abs(pca.points()[3]), 1e-6);
    assertEquals(
        List.of("component 1 (99 % of the variance)", "component 2 (1 % of the variance)"),
        pca.axes());
    assertEquals("PCA of 5 images", pca.toString());
  }

  @Test
  void tsneSaysHowMuchMemoryItNeeds() {
    refused(
        () -> Projection.tsne(features(new float[10_001][2], 1), 1),
        "3 tables x 10,001 x 10,001 pairs x 8 bytes = 2,400 MB");
    Projection.checkTsneMemory(5_000, 700_000_000);
    assertThrows(InputException.class, () -> Projection.checkTsneMemory(5_000, 600_000_000));
  }

  @Test
  void theRecordTellsHow() {
    Map<String, String> entries = Projection.umap(clusters(12, 4, 50), 3).record().entries();
    assertEquals("umap", entries.get("projection"));
    assertEquals("11", entries.get("umap.neighbours"));
    assertEquals("3", entries.get("seed"));
  }

  private static double[] abs(double[] point) {
    return Arrays.stream(point).map(Math::abs).toArray();
  }

  private static void refused(Supplier<Projection> call, String message) {
    String text = assertThrows(InputException.class, call::get).getMessage();
    assertTrue(text.contains(message), text);
  }

  // The share of the five nearest points that belong to the same cluster.
  private static double purity(double[][] points) {
    float[][] floats = new float[points.length][2];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = new float[] {(float) points[i][0], (float) points[i][1]};
    }
    int[][] nearest = Neighbours.of(floats, 5).indices();
    return IntStream.range(0, points.length)
            .mapToLong(
                i -> Arrays.stream(nearest[i]).filter(j -> j % CLUSTERS == i % CLUSTERS).count())
            .average()
            .orElseThrow()
        / 5;
  }

  // Row i belongs to cluster i mod 5.
  private static Features clusters(int n, int dim, float apart) {
    var centres = new RandomSource(1).at(0, "centres");
    float[][] centre = new float[CLUSTERS][dim];
    for (float[] c : centre) {
      for (int d = 0; d < dim; d++) {
        c[d] = apart * (float) centres.nextGaussian();
      }
    }
    var noise = new RandomSource(1).at(0, "noise");
    float[][] rows = new float[n][dim];
    for (int i = 0; i < n; i++) {
      for (int d = 0; d < dim; d++) {
        rows[i][d] = centre[i % CLUSTERS][d] + (float) noise.nextGaussian();
      }
    }
    return features(rows);
  }

  private static Features features(float[][] rows, float first) {
    rows[0][0] = first;
    return features(rows);
  }

  private static Features features(float[][] rows) {
    List<String> ids = IntStream.range(0, rows.length).mapToObj(i -> "item " + i).toList();
    return new Features(
        rows,
        new int[rows.length][0],
        ids,
        Task.MULTI_CLASS,
        List.of(),
        FeatureSpec.cls(),
        new RunRecord(Map.of()));
  }
}
