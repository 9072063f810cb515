package org.omnirad.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.run.RandomSource;

class NeighboursTest {

  @Test
  void agreesWithTheNaiveSearchFarFromTheOrigin() {
    for (int[] shape : new int[][] {{2, 1, 1}, {300, 5, 20}, {700, 48, 699}}) {
      float[][] vectors = random(shape[0], shape[1]);
      Neighbours found = Neighbours.of(vectors, shape[2]);
      for (int i = 0; i < vectors.length; i++) {
        double[] distances = distances(vectors, i);
        int[] expected = nearest(distances, i, shape[2]);
        assertArrayEquals(expected, found.indices()[i]);
        assertArrayEquals(
            Arrays.stream(expected).mapToDouble(j -> distances[j]).toArray(),
            found.distances()[i],
            1e-12);
      }
    }
  }

  @Test
  void equalVectorsHaveDistanceZero() {
    float[][] vectors = {{1, 2}, {5, 5}, {1, 2}, {1, 2}};
    Neighbours found = Neighbours.of(vectors, 3);
    assertArrayEquals(new int[] {2, 3, 1}, found.indices()[0]);
    assertArrayEquals(new int[] {0, 2, 1}, found.indices()[3]);
    assertArrayEquals(new double[] {0, 0, 5}, found.distances()[3]);
  }

  @Test
  void refusesMoreNeighboursThanThereAre() {
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> Neighbours.of(new float[][] {{1}, {2}}, 2));
    assertEquals("k is 2; each of 2 vectors has 1 to 1 neighbours", refused.getMessage());
  }

  @Test
  void stopsWhenInterrupted() {
    float[][] vectors = random(600, 3);
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> Neighbours.of(vectors, 2));
  }

  private static int[] nearest(double[] distances, int query, int k) {
    return IntStream.range(0, distances.length)
        .filter(i -> i != query)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> distances[i]))
        .limit(k)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double[] distances(float[][] vectors, int query) {
    double[] distances = new double[vectors.length];
    for (int i = 0; i < distances.length; i++) {
      double squares = 0;
      for (int d = 0; d < vectors[i].length; d++) {
        squares += Math.pow((double) vectors[i][d] - vectors[query][d], 2);
      }
      distances[i] = Math.sqrt(squares);
    }
    return distances;
  }

  private static float[][] random(int n, int dim) {
    var random = new RandomSource(1).at(0, "test");
    float[][] vectors = new float[n][dim];
    for (float[] vector : vectors) {
      for (int d = 0; d < dim; d++) {
        vector[d] = (float) (1000 + random.nextGaussian());
      }
    }
    return vectors;
  }
}
