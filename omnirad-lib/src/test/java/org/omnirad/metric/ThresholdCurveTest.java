package org.omnirad.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ThresholdCurveTest {

  @Test
  void followsTheClosedForm() {
    int[] truth = {0, 1, 1, 0, 1};
    ThresholdCurve curve = ThresholdCurve.of(truth, new float[] {0.1f, 0.4f, 0.4f, 0.4f, 0.8f});
    assertArrayEquals(
        new double[] {Double.POSITIVE_INFINITY, 0.8f, 0.4f, 0.1f}, curve.thresholds());
    assertArrayEquals(new double[] {0, 0, 0.5, 1}, curve.falsePositiveRates());
    assertArrayEquals(new double[] {0, 1. / 3, 1, 1}, curve.truePositiveRates());
    assertArrayEquals(new double[] {1, 1, 0.75, 0.6}, curve.precisions());
    assertEquals(1. / 3 + 2. / 3 * 0.75, curve.averagePrecision(), 1e-15);
    assertEquals(Auc.binary(truth, new float[] {1, 4, 4, 4, 8}), curve.auc(), 1e-15);
  }

  @Test
  void itsAreaIsTheAuc() {
    var random = new SplittableRandom(3);
    for (int run = 0; run < 20; run++) {
      int[] truth = random.ints(70, 0, 2).toArray();
      float[] scores = new float[70];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = random.nextInt(15) + 3 * truth[i];
      }
      assertEquals(Auc.binary(truth, scores), ThresholdCurve.of(truth, scores).auc(), 1e-14);
    }
  }

  @Test
  void oneSideAloneHasNoCurve() {
    for (int side : new int[] {0, 1}) {
      int[] truth = {side, side};
      var e =
          assertThrows(
              IllegalArgumentException.class, () -> ThresholdCurve.of(truth, new float[2]));
      assertTrue(e.getMessage().startsWith("class " + (1 - side) + " is absent"), e.getMessage());
    }
  }
}
