package org.omnirad.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {

  private static final int[] TRUTH = {0, 0, 0, 1, 1, 2};
  private static final int[] PREDICTED = {0, 0, 1, 1, 0, 0};

  @Test
  void followsTheClosedForm() {
    ConfusionMatrix m = ConfusionMatrix.of(TRUTH, PREDICTED, 3);
    assertArrayEquals(new int[][] {{2, 1, 0}, {1, 1, 0}, {1, 0, 0}}, m.counts());
    assertEquals(3. / 6, m.accuracy());
    assertEquals(2. / 4, m.precision(0));
    assertEquals(2. / 3, m.recall(0));
    assertEquals(4. / 7, m.f1(0));
    assertEquals(0, m.precision(2));
    assertEquals((2. / 4 + 1. / 2 + 0) / 3, m.macroPrecision(), 1e-15);
    assertEquals((2. / 3 + 1. / 2 + 0) / 3, m.macroRecall(), 1e-15);
    assertEquals((4. / 7 + 1. / 2 + 0) / 3, m.macroF1(), 1e-15);
    assertEquals(6, m.total());
  }

  @Test
  void macroMeansPassOverClassesThatDoNotOccur() {
    ConfusionMatrix m = ConfusionMatrix.of(TRUTH, PREDICTED, 7);
    assertEquals(ConfusionMatrix.of(TRUTH, PREDICTED, 3).macroF1(), m.macroF1());
  }

  @Test
  void timesCountItemsOften() {
    int[] times = {2, 0, 1, 0, 3, 0};
    assertArrayEquals(
        ConfusionMatrix.of(new int[] {0, 0, 0, 1, 1, 1}, new int[] {0, 0, 1, 0, 0, 0}, 3).counts(),
        ConfusionMatrix.of(TRUTH, PREDICTED, 3, times).counts());
  }

  @Test
  void refusesWhatDoesNotFit() {
    refused(() -> ConfusionMatrix.of(TRUTH, new int[2], 3), "predicted has 2; both need one");
    refused(
        () -> ConfusionMatrix.of(TRUTH, PREDICTED, 2), "truth[5] is 2; classes run from 0 to 1");
    refused(() -> ConfusionMatrix.of(new int[] {-1}, new int[1], 2), "truth[0] is -1");
    refused(() -> ConfusionMatrix.of(new int[0], new int[0], 2), "nothing was predicted");
    refused(() -> new ConfusionMatrix(new int[][] {{1, 2}}), "1 x 2 counts");
    refused(() -> new ConfusionMatrix(new int[][] {{-1}}), "row [-1]");
  }

  private static void refused(java.util.function.Supplier<?> call, String message) {
    String text = assertThrows(IllegalArgumentException.class, call::get).getMessage();
    assertTrue(text.contains(message), text);
  }
}
