package org.omnirad.probe;

import java.util.Arrays;

/**
 * Dot products of a few query vectors with all train vectors, in plain loops over floats that the
 * virtual machine turns into vector instructions. Train vectors lie in blocks that fit into a
 * processor's cache, one dimension after the other. Each sum is taken in the same order whatever
 * the blocks, so that equal vectors have equal similarities.
 */
final class Similarities {

  /** Queries that pass a block together. */
  static final int QUERIES = 4;

  private static final int BLOCK = 256;
  private static final int UNROLL = 4;

  private final int size;
  private final int dim;
  private final float[][] blocks; // each (paddedDim, BLOCK)

  /** Copies N vectors of equal length. */
  Similarities(float[][] train) {
    size = train.length;
    dim = (train[0].length + UNROLL - 1) / UNROLL * UNROLL;
    blocks = new float[(size + BLOCK - 1) / BLOCK][dim * BLOCK];
    for (int i = 0; i < size; i++) {
      float[] block = blocks[i / BLOCK];
      for (int d = 0; d < train[i].length; d++) {
        block[d * BLOCK + i % BLOCK] = train[i][d];
      }
    }
  }

  /** Receives the similarity of one query to one train vector. */
  interface Sink {
    void accept(int query, int train, float similarity);
  }

  /** All similarities of some queries, train vectors in ascending order for each query. */
  void each(float[][] queries, Sink sink) {
    float[][] padded = new float[(queries.length + QUERIES - 1) / QUERIES * QUERIES][dim];
    for (int q = 0; q < queries.length; q++) {
      System.arraycopy(queries[q], 0, padded[q], 0, queries[q].length);
    }
    float[][] sums = new float[QUERIES][BLOCK];
    for (int b = 0; b < blocks.length; b++) {
      int filled = Math.min(BLOCK, size - b * BLOCK);
      for (int first = 0; first < queries.length; first += QUERIES) {
        multiply(padded, first, blocks[b], sums);
        int count = Math.min(QUERIES, queries.length - first);
        for (int q = 0; q < count; q++) {
          for (int j = 0; j < filled; j++) {
            sink.accept(first + q, b * BLOCK + j, sums[q][j]);
          }
        }
      }
    }
  }

  private void multiply(float[][] queries, int first, float[] block, float[][] sums) {
    for (float[] sum : sums) {
      Arrays.fill(sum, 0);
    }
    for (int d = 0; d < dim; d += UNROLL) {
      for (int q = 0; q < QUERIES; q++) {
        float[] query = queries[first + q];
        addProducts(sums[q], block, d * BLOCK, query[d], query[d + 1], query[d + 2], query[d + 3]);
      }
    }
  }

  private static void addProducts(
      float[] sum, float[] block, int row, float a, float b, float c, float d) {
    for (int j = 0; j < BLOCK; j++) {
      sum[j] +=
          a * block[row + j]
              + b * block[row + BLOCK + j]
              + c * block[row + 2 * BLOCK + j]
              + d * block[row + 3 * BLOCK + j];
    }
  }
}
