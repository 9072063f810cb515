package org.omnirad.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;
import org.omnirad.run.RandomSource;

/**
 * Which of J lists each position of an endless sequence is taken from, by weight.
 *
 * <p>Positions come in blocks of {@value #BLOCK}. With share w_j = weight_j / sum of weights, the
 * first b blocks hold {@code floor(b BLOCK w_j)} positions of list j, and one more of the lists
 * with the largest remainders, until they are all shared out: never one away from {@code b BLOCK
 * w_j}. Within a block the order is shuffled. So everything is a function of seed and position.
 */
final class Mixture {

  /** Positions per block; also one over the smallest share, so that no count can go down. */
  static final int BLOCK = 1000;

  /**
   * Where one position is taken from.
   *
   * @param list from 0 to J - 1
   * @param ordinal how many earlier positions are taken from the same list
   */
  record Slot(int list, long ordinal) {}

  private final double[] shares; // J
  private final RandomSource random;
  private final Slot[] slots = new Slot[BLOCK];
  private long loaded = -1;

  /** A mixture of lists with these positive weights. */
  Mixture(double[] weights, RandomSource random) {
    double sum = 0;
    for (double weight : weights) {
      if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "a weight is %s, must be positive and finite".formatted(weight));
      }
      sum += weight;
    }
    double total = sum;
    this.shares = Arrays.stream(weights).map(weight -> weight / total).toArray();
    this.random = random;
    for (int j = 0; j < shares.length; j++) {
      if (shares[j] * BLOCK < 1) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "weight %s is a share of %.2g, must be at least 1/%d of the sum of the weights",
                weights[j],
                shares[j],
                BLOCK));
      }
    }
  }

  /** Where a position is taken from; fast within a block. */
  Slot at(long position) {
    long block = position / BLOCK;
    if (block != loaded) {
      load(block);
      loaded = block;
    }
    return slots[(int) (position % BLOCK)];
  }

  private void load(long block) {
    long[] taken = before(block);
    long[] end = before(block + 1);
    var draws = random.at(block, "data/mixture");
    int[] order = new int[BLOCK];
    int filled = 0;
    for (int j = 0; j < shares.length; j++) {
      for (long k = taken[j]; k < end[j]; k++, filled++) {
        int other = draws.nextInt(filled + 1);
        order[filled] = order[other];
        order[other] = j;
      }
    }
    for (int i = 0; i < BLOCK; i++) {
      slots[i] = new Slot(order[i], taken[order[i]]++);
    }
  }

  /** How many positions of the first {@code blocks} blocks are of each list; J counts. */
  long[] before(long blocks) {
    double positions = (double) blocks * BLOCK;
    long[] counts = new long[shares.length];
    double[] remainders = new double[shares.length];
    long left = blocks * BLOCK;
    for (int j = 0; j < shares.length; j++) {
      double exact = positions * shares[j];
      counts[j] = (long) exact;
      remainders[j] = exact - counts[j];
      left -= counts[j];
    }
    IntStream.range(0, shares.length)
        .boxed()
        .sorted(Comparator.comparingDouble(j -> -remainders[j]))
        .limit(left)
        .forEach(j -> counts[j]++);
    return counts;
  }
}
