package org.omnirad.augment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ViewDrawTest {

  private static final int DRAWS = 20_000;

  private static List<ViewDraw> draws(ViewConfig config) {
    var random = new SplittableRandom(9);
    List<ViewDraw> draws = new ArrayList<>();
    for (int i = 0; i < DRAWS; i++) {
      draws.add(ViewDraw.of(config, List.of(JitterEffect.values()), 64, 64, random));
    }
    return draws;
  }

  private static void assertShare(double p, List<ViewDraw> draws, Predicate<ViewDraw> which) {
    double share = (double) draws.stream().filter(which).count() / DRAWS;
    assertEquals(p, share, 4 * Math.sqrt(p * (1 - p) / DRAWS));
  }

  private static Predicate<ViewDraw> has(JitterEffect effect) {
    return draw ->
        draw.jitter().stream()
            .anyMatch(s -> s.effect() == effect && s.strength() != effect.neutral());
  }

  @Test
  void radiologyHasItsSharesAndNoColour() {
    List<ViewDraw> draws = draws(ViewConfig.radiology(224).withFlips(0.25, 0.125));
    assertShare(0.25, draws, ViewDraw::mirrored);
    assertShare(0.125, draws, ViewDraw::upsideDown);
    assertShare(0.5, draws, has(JitterEffect.BRIGHTNESS));
    assertShare(0.5, draws, has(JitterEffect.CONTRAST));
    assertShare(0, draws, has(JitterEffect.SATURATION));
    assertShare(0, draws, has(JitterEffect.HUE));
    assertShare(0, draws, d -> d.grey() != 0);
    assertShare(0.5, draws, d -> d.gamma() != 1);
    assertShare(0.5, draws, d -> d.blur() != 0);
    assertShare(0, draws, d -> d.solarise() != ViewDraw.NO_THRESHOLD);
    assertShare(0.3, draws, d -> d.noise() != 0);
    assertTrue(draws.stream().allMatch(d -> d.blur() == 0 || (d.blur() >= 0.1f && d.blur() <= 2)));
    assertTrue(draws.stream().allMatch(d -> d.gamma() >= 0.6f && d.gamma() <= 1.6f));
  }

  @Test
  void naturalViewsHaveTheirBlurAndSolarisation() {
    checkNatural(NaturalView.FIRST, 1, 0, 0);
    checkNatural(NaturalView.SECOND, 0.1, 0.9, 0.2);
    checkNatural(NaturalView.LOCAL, 0.5, 0.5, 0);
  }

  private static void checkNatural(
      NaturalView view, double declared, double effective, double solarised) {
    for (BlurProbability which : BlurProbability.values()) {
      List<ViewDraw> draws = draws(ViewConfig.natural(224, which, view));
      assertShare(
          which == BlurProbability.DECLARED ? declared : effective, draws, d -> d.blur() != 0);
      assertShare(solarised, draws, d -> d.solarise() != ViewDraw.NO_THRESHOLD);
      assertShare(0.2, draws, d -> d.grey() == 1);
      for (JitterEffect effect : JitterEffect.values()) {
        assertShare(0.8, draws, has(effect));
      }
      assertShare(0.8, draws, has(JitterEffect.HUE).and(has(JitterEffect.CONTRAST)));
    }
  }

  @Test
  void everyOrderOfTheJitterIsAsLikely() {
    List<ViewDraw> draws =
        draws(ViewConfig.natural(224, BlurProbability.DECLARED, NaturalView.FIRST));
    Map<List<JitterEffect>, Integer> orders = new HashMap<>();
    for (ViewDraw draw : draws) {
      orders.merge(draw.jitter().stream().map(ViewDraw.Step::effect).toList(), 1, Integer::sum);
    }
    assertEquals(24, orders.size());
    double expected = DRAWS / 24.0;
    orders.values().forEach(n -> assertEquals(expected, n, 5 * Math.sqrt(expected)));
  }
}
