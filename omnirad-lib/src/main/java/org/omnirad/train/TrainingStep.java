package org.omnirad.train;

import java.util.Map;

/**
 * What a step came to, before the parameters are moved.
 *
 * @param loss of the batch
 * @param gradientNorms the L2 norm of the gradients of each module before clipping, as {@link
 *     AdamW#gradientNorms} gives it
 */
public record TrainingStep(double loss, Map<String, Double> gradientNorms) {

  /** The L2 norm of all gradients together. */
  public double gradientNorm() {
    return Math.sqrt(gradientNorms.values().stream().mapToDouble(n -> n * n).sum());
  }

  /** Whether a step can be taken with it. */
  public boolean isFinite() {
    return Double.isFinite(loss) && Double.isFinite(gradientNorm());
  }
}
