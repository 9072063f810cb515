package org.omnirad.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

class RandomSourceTest {

  @Test
  void equalArgumentsGiveEqualDrawsAndOthersDiffer() {
    var seen = new HashSet<Long>();
    for (long seed = 0; seed < 10; seed++) {
      for (long step = -5; step < 5; step++) {
        for (String purpose : new String[] {"mask", "crop", ""}) {
          long draw = new RandomSource(seed).at(step, purpose).nextLong();
          assertEquals(draw, new RandomSource(seed).at(step, purpose).nextLong());
          seen.add(draw);
        }
      }
    }
    assertEquals(10 * 10 * 3, seen.size());
  }

  @Test
  void neighbouringStepsAreIndependent() {
    double sum = 0;
    int n = 20_000;
    var source = new RandomSource(7);
    double before = source.at(-1, "x").nextDouble() - 0.5;
    for (int step = 0; step < n; step++) {
      double now = source.at(step, "x").nextDouble() - 0.5;
      sum += now * before;
      before = now;
    }
    // The product of two uniform draws has standard deviation 1/12.
    assertEquals(0, sum / n * 12, 4 / Math.sqrt(n));
  }
}
