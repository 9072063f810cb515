package org.omnirad.probe;

import static org.omnirad.run.Requirement.require;

import java.util.List;

/**
 * How a linear probe is trained.
 *
 * @param learningRates those tried, for a batch of 256; each is scaled by {@code batchSize} / 256
 * @param batchSize B
 * @param steps of stochastic gradient descent
 * @param momentum of the gradients
 * @param seed of the first weights and of the order of the images
 */
public record LinearProbeConfig(
    List<Double> learningRates, int batchSize, int steps, double momentum, long seed) {

  private static final long SEED = 7;

  /** Checks every value. */
  public LinearProbeConfig {
    learningRates = List.copyOf(learningRates);
    if (learningRates.isEmpty() || learningRates.stream().anyMatch(r -> !(r > 0 && r < 1e6))) {
      throw new IllegalArgumentException(
          "learningRates is %s, must be positive numbers, at least one".formatted(learningRates));
    }
    require(batchSize >= 1, "batchSize", batchSize, "at least 1");
    require(steps >= 1, "steps", steps, "at least 1");
    require(momentum >= 0 && momentum < 1, "momentum", momentum, "in [0, 1)");
  }

  /**
   * DINOv2's linear evaluation: 13 rates from 1e-5 to 0.1, batch 128, 12,500 steps (its ten epochs
   * of 1,250), momentum 0.9. Unlike there, the images are not cropped and flipped anew, because
   * features are computed once.
   */
  public static LinearProbeConfig defaults() {
    return new LinearProbeConfig(
        List.of(1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1),
        128,
        12_500,
        0.9,
        SEED);
  }

  /** This config with another number of steps. */
  public LinearProbeConfig withSteps(int other) {
    return new LinearProbeConfig(learningRates, batchSize, other, momentum, seed);
  }

  /** This config with another seed. */
  public LinearProbeConfig withSeed(long other) {
    return new LinearProbeConfig(learningRates, batchSize, steps, momentum, other);
  }
}
