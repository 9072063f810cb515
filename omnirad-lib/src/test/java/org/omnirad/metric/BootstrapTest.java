package org.omnirad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  @Test
  void approachesTheNormalInterval() {
    Interval interval = new Bootstrap(4000, 0.95, 1).interval(400, BootstrapTest::share);
    double halfWidth = 1.96 * Math.sqrt(0.8 * 0.2 / 400);
    assertEquals(0.8, interval.point());
    assertEquals(0.8 - halfWidth, interval.low(), 0.004);
    assertEquals(0.8 + halfWidth, interval.high(), 0.004);
  }

  @Test
  void dependsOnTheSeedAlone() {
    Bootstrap bootstrap = Bootstrap.defaults();
    assertEquals(
        bootstrap.interval(400, BootstrapTest::share),
        bootstrap.interval(400, BootstrapTest::share));
    assertNotEquals(
        bootstrap.interval(400, BootstrapTest::share),
        new Bootstrap(1000, 0.95, 1).interval(400, BootstrapTest::share));
  }

  @Test
  void quantilesLieBetweenValues() {
    var call = new AtomicInteger();
    Interval interval = new Bootstrap(6, 0.5, 0).interval(1, times -> call.getAndIncrement());
    assertEquals(new Interval(0, 2.25, 4.75, 0.5), interval);
  }

  @Test
  void theMeanIsOfTheValuesThatThereAre() {
    Interval mean = Bootstrap.defaults().mean(new double[] {1, Double.NaN, 2, 6});
    assertEquals(3, mean.point());
    assertEquals(1, mean.low());
    assertEquals(6, mean.high());
    assertFalse(Bootstrap.defaults().mean(new double[] {Double.NaN}).defined());
  }

  @Test
  void everyResampleHasAsManyItems() {
    new Bootstrap(50, 0.9, 3)
        .interval(
            17,
            times -> {
              assertEquals(17, Arrays.stream(times).sum());
              return 0;
            });
  }

  @Test
  void drawsAgainWhereAResampleHasNoValue() {
    Interval interval =
        new Bootstrap(200, 0.95, 0).interval(2, times -> times[0] == 0 ? Double.NaN : times[0]);
    assertEquals(new Interval(1, 1, 2, 0.95), interval);
    assertFalse(new Bootstrap(9, 0.95, 0).interval(2, times -> Double.NaN).defined());
  }

  @Test
  void stopsWhenInterrupted() {
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> Bootstrap.defaults().interval(5, t -> 0));
  }

  @Test
  void refusesWhatIsNoBootstrap() {
    assertThrows(IllegalArgumentException.class, () -> new Bootstrap(1, 0.95, 0));
    assertThrows(IllegalArgumentException.class, () -> new Bootstrap(100, 95, 0));
    var none =
        assertThrows(
            IllegalArgumentException.class, () -> Bootstrap.defaults().interval(0, t -> 0));
    assertTrue(none.getMessage().contains("no items"));
  }

  // The first 320 of 400 items are right.
  private static double share(int[] times) {
    return Arrays.stream(times, 0, 320).sum() / 400.0;
  }
}
