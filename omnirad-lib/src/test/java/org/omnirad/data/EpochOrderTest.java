package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.run.RandomSource;

class EpochOrderTest {

  private static int[] epoch(EpochOrder order, int size, int epoch) {
    return IntStream.range(0, size).map(i -> order.at((long) epoch * size + i)).toArray();
  }

  @Test
  void everyEpochIsAPermutationOfItsOwn() {
    var order = new EpochOrder(101, new RandomSource(3), "a");
    int[] all = IntStream.range(0, 101).toArray();
    int[] previous = all;
    for (int e = 0; e < 5; e++) {
      int[] epoch = epoch(order, 101, e);
      assertFalse(Arrays.equals(previous, epoch));
      assertArrayEquals(all, Arrays.stream(epoch).sorted().toArray());
      previous = epoch;
    }
  }

  @Test
  void dependsOnSeedAndPurposeNotOnWhatWasReadBefore() {
    var order = new EpochOrder(50, new RandomSource(3), "a");
    int[] second = epoch(order, 50, 2);
    epoch(order, 50, 0);
    assertArrayEquals(second, epoch(order, 50, 2));
    assertFalse(Arrays.equals(second, epoch(new EpochOrder(50, new RandomSource(4), "a"), 50, 2)));
    assertFalse(Arrays.equals(second, epoch(new EpochOrder(50, new RandomSource(3), "b"), 50, 2)));
  }

  @Test
  void everyOrderIsAsLikelyAsAnother() {
    int[] counts = new int[6];
    var order = new EpochOrder(3, new RandomSource(8), "a");
    for (int e = 0; e < 6000; e++) {
      int[] p = epoch(order, 3, e);
      counts[2 * p[0] + (p[1] > p[2] ? 1 : 0)]++;
    }
    double chiSquared = Arrays.stream(counts).mapToDouble(n -> (n - 1000) * (n - 1000) / 1e3).sum();
    assertEquals(0, chiSquared, 20.5); // five degrees of freedom: above it once in a thousand
  }

  @Test
  void oneSampleComesAgainAndAgain() {
    var order = new EpochOrder(1, new RandomSource(3), "a");
    assertEquals(0, order.at(0));
    assertEquals(0, order.at(1_000_000_000_000L));
  }
}
