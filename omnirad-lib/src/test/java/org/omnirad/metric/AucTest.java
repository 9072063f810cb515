package org.omnirad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AucTest {

  @Test
  void followsTheClosedForm() {
    int[] truth = {0, 0, 1, 1};
    assertEquals(1, Auc.binary(truth, new float[] {-2, -1, 0, 9}));
    assertEquals(0, Auc.binary(truth, new float[] {3, 4, 1, 2}));
    assertEquals(0.75, Auc.binary(truth, new float[] {0.1f, 0.4f, 0.35f, 0.8f}));
    assertEquals(0.5, Auc.binary(truth, new float[] {7, 7, 7, 7}));
    assertEquals(0.875, Auc.binary(truth, new float[] {1, 2, 2, 3}));
    assertEquals(0.5, Auc.binary(new int[] {0, 1}, new float[] {0f, -0f}));
  }

  @Test
  void equalsTheShareOfPairsInOrder() {
    var random = new SplittableRandom(1);
    for (int run = 0; run < 20; run++) {
      int[] truth = random.ints(60, 0, 2).toArray();
      float[] scores = new float[60];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = random.nextInt(12) + truth[i];
      }
      assertEquals(pairsInOrder(truth, scores), Auc.binary(truth, scores), 1e-14);
    }
  }

  @Test
  void theMacroMeanRunsOverTheClasses() {
    int[] truth = {0, 1, 2, 0, 1, 2};
    float[][] scores = {{3, 0, 0}, {1, 2, 0}, {0, 1, 5}, {2, 2, 1}, {2, 1, 1}, {0, 0, 1}};
    double sum = 0;
    for (int k = 0; k < 3; k++) {
      int positive = k;
      int[] against = Arrays.stream(truth).map(t -> t == positive ? 1 : 0).toArray();
      float[] column = new float[truth.length];
      for (int i = 0; i < column.length; i++) {
        column[i] = scores[i][k];
      }
      sum += pairsInOrder(against, column);
    }
    assertEquals(sum / 3, Auc.macroOneVsRest(truth, scores), 1e-14);
  }

  @Test
  void anAbsentClassHasNoValue() {
    refused(() -> Auc.binary(new int[] {1, 1}, new float[2]), "class 0 is absent");
    float[][] scores = {{1, 0, 0}, {0, 1, 0}};
    refused(() -> Auc.macroOneVsRest(new int[] {0, 1}, scores), "class 2 is absent");
  }

  @Test
  void aResampleIsTheDataWithItemsRepeated() {
    var random = new SplittableRandom(2);
    int[] truth = random.ints(30, 0, 2).toArray();
    float[] scores = new float[30];
    for (int i = 0; i < 30; i++) {
      scores[i] = random.nextInt(9);
    }
    int[] times = random.ints(30, 0, 4).toArray();
    int[] items =
        IntStream.range(0, 30).flatMap(i -> IntStream.range(0, times[i]).map(r -> i)).toArray();
    float[] repeated = new float[items.length];
    for (int i = 0; i < items.length; i++) {
      repeated[i] = scores[items[i]];
    }
    assertEquals(
        Auc.binary(Arrays.stream(items).map(i -> truth[i]).toArray(), repeated),
        new RankedScores(truth, 1, scores).auc(times));
  }

  @Test
  void refusesWhatDoesNotFit() {
    refused(() -> Auc.binary(new int[] {0, 1}, new float[] {1, Float.NaN}), "score 1 is NaN");
    refused(() -> Auc.binary(new int[] {0, 2}, new float[2]), "truth[1] is 2");
    refused(() -> Auc.binary(new int[] {0, 1}, new float[3]), "truth has 2 entries");
    refused(() -> Auc.macroOneVsRest(new int[0], new float[0][]), "0 classes for 0 items");
    refused(() -> Auc.macroOneVsRest(new int[] {0}, new float[][] {{1}}), "at least 2 classes");
    refused(
        () -> Auc.macroOneVsRest(new int[] {0, 1}, new float[][] {{1, 0}, {1, 0, 0}}),
        "a row of scores has 3 entries");
  }

  private static double pairsInOrder(int[] truth, float[] scores) {
    double wins = 0;
    long pairs = 0;
    for (int i = 0; i < truth.length; i++) {
      for (int j = 0; j < truth.length; j++) {
        if (truth[i] == 1 && truth[j] == 0) {
          pairs++;
          wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    return wins / pairs;
  }

  private static void refused(Supplier<?> call, String message) {
    String text = assertThrows(IllegalArgumentException.class, call::get).getMessage();
    assertTrue(text.contains(message), text);
  }
}
