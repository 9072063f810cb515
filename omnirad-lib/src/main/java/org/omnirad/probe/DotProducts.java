package org.omnirad.probe;

import java.util.Arrays;

/**
 * Dot products of one vector with many, in plain loops that the virtual machine turns into vector
 * instructions: the many lie in blocks that fit into a processor's cache, one array for each
 * dimension. (One flat array for a block runs at a quarter of the speed.) Every sum is taken in the
 * order of the dimensions whatever the block, so that equal vectors have equal products.
 */
final class DotProducts {

  /** Vectors of a block. */
  static final int BLOCK = 256;

  private static final int UNROLL = 4;

  private final int size;
  private final float[][][] blocks; // (blocks, dim, BLOCK), padded with zeros

  /** Copies N vectors of equal length, N at least 1. */
  DotProducts(float[][] vectors) {
    size = vectors.length;
    blocks = new float[(size + BLOCK - 1) / BLOCK][padded(vectors[0].length)][BLOCK];
    for (int i = 0; i < size; i++) {
      float[][] block = blocks[i / BLOCK];
      for (int d = 0; d < vectors[i].length; d++) {
        block[d][i % BLOCK] = vectors[i][d];
      }
    }
  }

  int blocks() {
    return blocks.length;
  }

  /** How many vectors a block holds. */
  int filled(int block) {
    return Math.min(BLOCK, size - block * BLOCK);
  }

  /** The vectors with lengths as {@link #into} takes them. */
  static float[][] pad(float[][] vectors) {
    return Arrays.stream(vectors)
        .map(v -> Arrays.copyOf(v, padded(v.length)))
        .toArray(float[][]::new);
  }

  /** Writes the products of a padded vector with those of a block. */
  void into(float[] products, float[] vector, int block) {
    Arrays.fill(products, 0);
    for (int d = 0; d < vector.length; d += UNROLL) {
      add(products, vector, blocks[block], d);
    }
  }

  private static int padded(int dim) {
    return (dim + UNROLL - 1) / UNROLL * UNROLL;
  }

  private static void add(float[] products, float[] vector, float[][] rows, int d) {
    float v0 = vector[d];
    float v1 = vector[d + 1];
    float v2 = vector[d + 2];
    float v3 = vector[d + 3];
    float[] row0 = rows[d];
    float[] row1 = rows[d + 1];
    float[] row2 = rows[d + 2];
    float[] row3 = rows[d + 3];
    for (int j = 0; j < products.length; j++) {
      products[j] += v0 * row0[j] + v1 * row1[j] + v2 * row2[j] + v3 * row3[j];
    }
  }
}
