package org.omnirad.probe;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.omnirad.run.Progress;

/** For each query the k vectors with the largest dot product, on all processors. */
final class NearestSearch {

  private static final int QUERIES_PER_TASK = 32;
  private static final int TASKS_PER_STEP = 16;

  /** Receives the nearest vectors of a query, on several threads at once. */
  interface Visitor {
    void visit(int query, NearestHeap nearest);
  }

  private final DotProducts vectors;
  private final int k;

  /** A search for the {@code k} nearest among N vectors of equal length. */
  NearestSearch(float[][] vectors, int k) {
    this.vectors = new DotProducts(vectors);
    this.k = k;
  }

  /**
   * Visits every query once.
   *
   * @param what the activity, for the progress line
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  void run(String what, float[][] queries, Visitor visitor) {
    int step = QUERIES_PER_TASK * TASKS_PER_STEP;
    try (Progress progress = Progress.of(what, "images", queries.length)) {
      for (int first = 0; first < queries.length; first += step) {
        int from = first;
        int end = Math.min(first + step, queries.length);
        IntStream.range(0, (end - from + QUERIES_PER_TASK - 1) / QUERIES_PER_TASK)
            .parallel()
            .map(task -> from + task * QUERIES_PER_TASK)
            .forEach(
                start -> search(queries, start, Math.min(start + QUERIES_PER_TASK, end), visitor));
        progress.step(end - from);
      }
    }
  }

  private void search(float[][] queries, int start, int end, Visitor visitor) {
    float[][] some = DotProducts.pad(Arrays.copyOfRange(queries, start, end));
    NearestHeap[] heaps =
        Stream.generate(() -> new NearestHeap(k)).limit(some.length).toArray(NearestHeap[]::new);
    float[] products = new float[DotProducts.BLOCK];
    for (int block = 0; block < vectors.blocks(); block++) {
      for (int q = 0; q < some.length; q++) {
        vectors.into(products, some[q], block);
        heaps[q].offer(block * DotProducts.BLOCK, products, vectors.filled(block));
      }
    }
    for (int q = 0; q < heaps.length; q++) {
      visitor.visit(start + q, heaps[q]);
    }
  }
}
