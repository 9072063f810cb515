package org.omnirad.data;

import org.omnirad.run.RandomSource;

/**
 * The order in which one list is read without end: epoch after epoch, each a permutation of all its
 * samples that depends on the seed, the epoch and the purpose alone. Holds one permutation, 4 bytes
 * a sample.
 */
final class EpochOrder {

  private final int size;
  private final RandomSource random;
  private final String purpose;
  private long epoch = -1;
  private int[] order = {};

  EpochOrder(int size, RandomSource random, String purpose) {
    this.size = size;
    this.random = random;
    this.purpose = purpose;
  }

  /** The index of the sample that is read after {@code ordinal} others; fast within an epoch. */
  int at(long ordinal) {
    if (epoch != ordinal / size) {
      epoch = ordinal / size;
      order = permutation();
    }
    return order[(int) (ordinal % size)];
  }

  // Fisher and Yates, inside out: each value enters at a random place among those before it.
  private int[] permutation() {
    var draws = random.at(epoch, purpose);
    int[] permutation = new int[size];
    for (int i = 0; i < size; i++) {
      int other = draws.nextInt(i + 1);
      permutation[i] = permutation[other];
      permutation[other] = i;
    }
    return permutation;
  }
}
