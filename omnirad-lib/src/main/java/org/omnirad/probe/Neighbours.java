package org.omnirad.probe;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The nearest others of each of N vectors by Euclidean distance, found by comparing all pairs.
 *
 * @param indices N x k, nearest first, never the vector itself; among equals the earlier first
 * @param distances N x k, ascending
 */
public record Neighbours(int[][] indices, double[][] distances) {

  // More than k, as the search rounds to floats; the exact distance decides among them.
  private static final int SPARE = 8;

  private record Neighbour(int index, double distance) {}

  /**
   * Searches all pairs.
   *
   * @param vectors N vectors of equal length, finite
   * @param k neighbours of each, from 1 to N - 1
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public static Neighbours of(float[][] vectors, int k) {
    int n = vectors.length;
    if (k < 1 || k >= n) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "k is %d; each of %,d vectors has 1 to %,d neighbours", k, n, n - 1));
    }
    float[][] centred = centre(vectors);
    var neighbours = new Neighbours(new int[n][], new double[n][]);
    // The nearest to a is the b with the largest a b - b b / 2.
    new NearestSearch(extend(centred, true), Math.min(n, k + 1 + SPARE))
        .run(
            "neighbours",
            extend(centred, false),
            (query, nearest) -> neighbours.put(query, rank(vectors, query, nearest, k)));
    return neighbours;
  }

  private void put(int query, List<Neighbour> nearest) {
    indices[query] = nearest.stream().mapToInt(Neighbour::index).toArray();
    distances[query] = nearest.stream().mapToDouble(Neighbour::distance).toArray();
  }

  private static List<Neighbour> rank(float[][] vectors, int query, NearestHeap nearest, int k) {
    return IntStream.range(0, nearest.size())
        .map(nearest::index)
        .filter(i -> i != query)
        .mapToObj(i -> new Neighbour(i, distance(vectors[query], vectors[i])))
        .sorted(Comparator.comparingDouble(Neighbour::distance).thenComparing(Neighbour::index))
        .limit(k)
        .toList();
  }

  private static double distance(float[] a, float[] b) {
    double squares = 0;
    for (int d = 0; d < a.length; d++) {
      double difference = (double) a[d] - b[d];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }

  // Distances stay as they are, and their rounding in the search becomes small.
  private static float[][] centre(float[][] vectors) {
    int dim = vectors[0].length;
    double[] mean = new double[dim];
    for (float[] vector : vectors) {
      for (int d = 0; d < dim; d++) {
        mean[d] += (double) vector[d] / vectors.length;
      }
    }
    float[][] centred = new float[vectors.length][dim];
    for (int i = 0; i < centred.length; i++) {
      for (int d = 0; d < dim; d++) {
        centred[i][d] = (float) (vectors[i][d] - mean[d]);
      }
    }
    return centred;
  }

  // One more dimension: minus half the square for the searched vectors, 1 for the queries.
  private static float[][] extend(float[][] vectors, boolean searched) {
    float[][] extended = new float[vectors.length][];
    for (int i = 0; i < extended.length; i++) {
      int dim = vectors[i].length;
      extended[i] = java.util.Arrays.copyOf(vectors[i], dim + 1);
      double squares = 0;
      for (float x : vectors[i]) {
        squares += (double) x * x;
      }
      extended[i][dim] = searched ? (float) (-squares / 2) : 1;
    }
    return extended;
  }
}
