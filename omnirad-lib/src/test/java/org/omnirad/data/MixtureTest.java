package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.run.RandomSource;

class MixtureTest {

  private static final RandomSource RANDOM = new RandomSource(5);

  @Test
  void everyBlockHoldsTheWeightsExactlyWhereTheyDivideIt() {
    var mixture = new Mixture(new double[] {1, 3, 4}, RANDOM);
    for (int block = 0; block < 20; block++) {
      int[] counts = new int[3];
      for (int i = 0; i < Mixture.BLOCK; i++) {
        counts[mixture.at((long) block * Mixture.BLOCK + i).list()]++;
      }
      assertArrayEquals(new int[] {125, 375, 500}, counts);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,1,1", "0.2,0.3,0.1,0.4", "1,999", "1.1,997,1.001", "2,3,5,7,11,13"})
  void noListIsEverOneAwayFromItsShare(String text) {
    double[] weights = Arrays.stream(text.split(",")).mapToDouble(Double::parseDouble).toArray();
    double sum = Arrays.stream(weights).sum();
    var mixture = new Mixture(weights, RANDOM);
    long[] previous = new long[weights.length];
    for (int block = 0; block < 3000; block++) {
      long[] counts = mixture.before(block);
      long positions = (long) block * Mixture.BLOCK;
      assertEquals(positions, Arrays.stream(counts).sum());
      for (int j = 0; j < weights.length; j++) {
        assertTrue(counts[j] >= previous[j], "list " + j + " goes down at block " + block);
        assertEquals(positions * (weights[j] / sum), (double) counts[j], 1 - 1e-9);
      }
      previous = counts;
    }
  }

  @Test
  void anOrdinalCountsTheEarlierPositionsOfItsList() {
    var mixture = new Mixture(new double[] {1, 2, 4}, RANDOM);
    long[] taken = new long[3];
    for (long position = 0; position < 12_345; position++) {
      Mixture.Slot slot = mixture.at(position);
      assertEquals(taken[slot.list()]++, slot.ordinal());
    }
    var afresh = new Mixture(new double[] {1, 2, 4}, RANDOM);
    assertEquals(mixture.at(9_876), afresh.at(9_876));
  }

  @Test
  void blocksAreShuffledEachInItsOwnWay() {
    var mixture = new Mixture(new double[] {1, 1}, RANDOM);
    int changes = 0;
    int equal = 0;
    for (int i = 1; i < Mixture.BLOCK; i++) {
      changes += mixture.at(i).list() == mixture.at(i - 1).list() ? 0 : 1;
    }
    for (int i = 0; i < Mixture.BLOCK; i++) {
      int first = mixture.at(i).list();
      equal += first == mixture.at(Mixture.BLOCK + i).list() ? 1 : 0;
    }
    // 500 each where the order is random, with a standard deviation of 16
    assertEquals(500, changes, 80);
    assertEquals(500, equal, 80);
  }

  @Test
  void badWeightsAreRefused() {
    for (double weight : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e-3}) {
      var refusal =
          assertThrows(
              IllegalArgumentException.class, () -> new Mixture(new double[] {1, weight}, RANDOM));
      assertTrue(refusal.getMessage().contains("" + weight), refusal.getMessage());
    }
  }
}
