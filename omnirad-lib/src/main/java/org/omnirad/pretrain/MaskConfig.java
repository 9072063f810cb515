package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

/**
 * Which patches are hidden from the student.
 *
 * @param probability part of the views that get a mask (DINOv2: 0.5)
 * @param minRatio smallest part of the patches that a mask hides (DINOv2: 0.1)
 * @param maxRatio largest part (DINOv2: 0.5)
 */
public record MaskConfig(double probability, double minRatio, double maxRatio) {

  /** Checks every value. */
  public MaskConfig {
    require(probability >= 0 && probability <= 1, "probability", probability, "in [0, 1]");
    require(minRatio > 0 && minRatio <= maxRatio, "minRatio", minRatio, "in (0, maxRatio]");
    require(maxRatio < 1, "maxRatio", maxRatio, "below 1");
  }

  /** DINOv2's: half of the views, 10 to 50 % of their patches. */
  public static MaskConfig dinov2() {
    return new MaskConfig(0.5, 0.1, 0.5);
  }
}
