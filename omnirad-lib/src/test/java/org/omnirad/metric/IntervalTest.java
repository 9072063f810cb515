package org.omnirad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class IntervalTest {

  @Test
  void printsItsLevelAndEnds() {
    assertEquals(
        "0.846 (95 % 0.756 to 0.923)", new Interval(0.8461, 0.7564, 0.9231, 0.95).toString());
    assertEquals("1.000 (99.5 % 1.000 to 1.000)", new Interval(1, 1, 1, 0.995).toString());
  }

  @Test
  void anUndefinedOneSaysSo() {
    assertFalse(Interval.undefined(0.95).defined());
    assertEquals("undefined", Interval.undefined(0.95).toString());
  }

  @Test
  void refusesWhatIsNoInterval() {
    double nan = Double.NaN;
    assertThrows(IllegalArgumentException.class, () -> new Interval(nan, 0, 1, 0.95));
    assertThrows(IllegalArgumentException.class, () -> new Interval(0.5, 0.6, 0.4, 0.95));
    assertThrows(IllegalArgumentException.class, () -> new Interval(0.5, 0, nan, 0.95));
    assertThrows(IllegalArgumentException.class, () -> new Interval(0.5, 0, 1, 95));
  }
}
