package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

/**
 * How much is seen, and how much at once.
 *
 * @param size B, images of a step
 * @param microSize images of one forward and backward pass, a divisor of {@code size}; the
 *     gradients of a step's passes add up. DINO and iBOT come out as for the whole batch; KoLeo and
 *     Sinkhorn-Knopp see only a pass
 * @param epochs of {@code stepsPerEpoch} steps
 * @param stepsPerEpoch steps of an epoch; 0 for as many as the images fill
 */
public record BatchConfig(int size, int microSize, int epochs, long stepsPerEpoch) {

  /** Checks every value. */
  public BatchConfig {
    require(size >= 1, "size", size, "at least 1");
    require(
        microSize >= 1 && size % microSize == 0, "microSize", microSize, "a divisor of " + size);
    require(epochs >= 1, "epochs", epochs, "at least 1");
    require(stepsPerEpoch >= 0, "stepsPerEpoch", stepsPerEpoch, "at least 0");
  }

  /** Steps of an epoch over {@code images} images: at least 1, an unfinished batch left out. */
  long stepsPerEpoch(long images) {
    return stepsPerEpoch > 0 ? stepsPerEpoch : Math.max(1, images / size);
  }
}
