package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Stochastic depth (Huang et al. 2016) as DINOv2 does it: a residual branch is computed on a random
 * part of the batch only, which saves its time on the rest. Not for use by several threads at once.
 */
public final class DropPath {

  private final double rate;
  private final SplittableRandom random;

  /**
   * Drops branches.
   *
   * @param rate the share of the batch without the branch, in [0, 1)
   */
  public DropPath(double rate, SplittableRandom random) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("rate is %s, must be in [0, 1)".formatted(rate));
    }
    this.rate = rate;
    this.random = random;
  }

  /** Whether no branch is ever dropped. */
  boolean keepsAll() {
    return rate == 0;
  }

  /**
   * Draws the part of the batch for one branch.
   *
   * @param x (B, N, D)
   * @return (R) int64 in ascending order, R = max(floor(B (1 - rate)), 1)
   */
  NDArray rows(NDArray x) {
    int batch = Math.toIntExact(x.getShape().get(0));
    int kept = Math.max((int) Math.floor(batch * (1 - rate)), 1);
    long[] rows = new long[batch];
    Arrays.setAll(rows, i -> i);
    for (int i = 0; i < kept; i++) {
      int other = random.nextInt(i, batch);
      long swapped = rows[i];
      rows[i] = rows[other];
      rows[other] = swapped;
    }
    long[] drawn = Arrays.copyOf(rows, kept);
    Arrays.sort(drawn);
    return x.getManager().create(drawn);
  }
}
