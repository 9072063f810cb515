package org.omnirad.augment;

import java.util.SplittableRandom;

/**
 * How often an effect is applied, and how strongly: its strength is drawn uniformly from a range.
 *
 * @param probability 0 to 1
 * @param low smallest strength
 * @param high largest strength, at least {@code low}
 */
public record Effect(double probability, double low, double high) {

  /** Checks every value. */
  public Effect {
    ViewConfig.requireProbability("probability", probability);
    if (!(Double.isFinite(low) && Double.isFinite(high) && low <= high)) {
      throw new IllegalArgumentException(
          "strength is %s to %s, must be an ascending finite range".formatted(low, high));
    }
  }

  /** Never applied. */
  public static Effect none() {
    return new Effect(0, 0, 0);
  }

  // Draws twice whatever comes out, so that the draws that follow do not depend on it.
  float draw(SplittableRandom random, float without) {
    boolean applied = random.nextDouble() < probability;
    double strength = low + random.nextDouble() * (high - low);
    return applied ? (float) strength : without;
  }
}
