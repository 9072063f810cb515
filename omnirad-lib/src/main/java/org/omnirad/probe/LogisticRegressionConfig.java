package org.omnirad.probe;

import java.util.List;

/**
 * How a logistic regression is fitted.
 *
 * @param inversePenalties C, those tried: the loss summed over the images is weighed C times
 *     against half the squared length of the weights
 * @param tolerance relative change of the objective at which the search ends
 * @param maxSteps of the search
 */
public record LogisticRegressionConfig(
    List<Double> inversePenalties, double tolerance, int maxSteps) {

  /** Checks every value. */
  public LogisticRegressionConfig {
    inversePenalties = List.copyOf(inversePenalties);
    if (inversePenalties.isEmpty()
        || inversePenalties.stream().anyMatch(c -> !(c > 0 && Double.isFinite(c)))) {
      throw new IllegalArgumentException(
          "inversePenalties is %s, must be positive numbers, at least one"
              .formatted(inversePenalties));
    }
    if (!(tolerance > 0) || maxSteps < 1) {
      throw new IllegalArgumentException(
          "tolerance is %s and maxSteps %d, must be positive".formatted(tolerance, maxSteps));
    }
  }

  /**
   * C from 1e-6 to 1e5, one for each power of ten (DINOv2 takes four), up to 500 steps of L-BFGS.
   */
  public static LogisticRegressionConfig defaults() {
    return new LogisticRegressionConfig(
        List.of(1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1e3, 1e4, 1e5), 1e-6, 500);
  }
}
