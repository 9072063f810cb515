package org.omnirad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CalibrationTest {

  @Test
  void ofClassesTheConfidenceInThePredictedOneCounts() {
    int[][] targets = {{0}, {1}, {1}, {0}};
    float[][] said = {{0.75f, 0.25f}, {0.75f, 0.25f}, {0, 1}, {0.5f, 0.5f}};
    Calibration c = Calibration.of(new Predictions(Task.BINARY, targets, said, 2), 4);
    assertEquals(new Calibration.Bin(0.25, 0.5, 1, 0.5, 1), c.bins().get(1));
    assertEquals(new Calibration.Bin(0.5, 0.75, 2, 0.75, 0.5), c.bins().get(2));
    assertEquals(new Calibration.Bin(0.75, 1, 1, 1, 1), c.bins().get(3));
    assertEquals(0, c.bins().get(0).count());
    assertTrue(Double.isNaN(c.bins().get(0).right()));
    assertEquals((1 * 0.5 + 2 * 0.25 + 0) / 4, c.expectedError(), 1e-15);
    assertEquals((0.0625 + 0.5625 + 0 + 0.25) / 4, c.brier(), 1e-15);
    assertEquals(15, Calibration.of(new Predictions(Task.BINARY, targets, said, 2)).bins().size());
  }

  @Test
  void ofFindingsEachProbabilityCounts() {
    int[][] targets = {{1, 0}, {0, 0}};
    float[][] said = {{0.75f, 0.25f}, {0, 0.25f}};
    Calibration c = Calibration.of(new Predictions(Task.MULTI_LABEL, targets, said, 2), 2);
    assertEquals(new Calibration.Bin(0, 0.5, 3, 0.5 / 3, 0), c.bins().get(0));
    assertEquals(new Calibration.Bin(0.5, 1, 1, 0.75, 1), c.bins().get(1));
    assertEquals((0.5 + 0.25) / 4, c.expectedError(), 1e-15);
    assertEquals(3 * 0.0625 / 4, c.brier(), 1e-15);
  }

  @Test
  void ofSeveralClassesBrierIsTheirSum() {
    var p = new Predictions(Task.MULTI_CLASS, new int[][] {{2}}, new float[][] {{1, 0, 0}}, 3);
    assertEquals(2, Calibration.of(p, 5).brier());
    assertEquals(1, Calibration.of(p, 5).expectedError());
    assertThrows(IllegalArgumentException.class, () -> Calibration.of(p, 0));
  }
}
