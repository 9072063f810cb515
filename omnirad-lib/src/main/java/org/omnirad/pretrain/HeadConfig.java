package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

/**
 * The projection head.
 *
 * @param prototypes K (DINOv2: 65,536)
 * @param hiddenDim features of the two hidden layers (DINOv2: 2,048)
 * @param bottleneckDim features that are scaled to norm 1 before the prototypes (DINOv2: 256)
 * @param separate whether patches have a head of their own (DINOv2: in its long recipes)
 */
public record HeadConfig(int prototypes, int hiddenDim, int bottleneckDim, boolean separate) {

  /** Checks every value. */
  public HeadConfig {
    require(prototypes >= 2, "prototypes", prototypes, "at least 2");
    require(hiddenDim >= 1, "hiddenDim", hiddenDim, "at least 1");
    require(bottleneckDim >= 1, "bottleneckDim", bottleneckDim, "at least 1");
  }

  /** DINOv2's default: shared, 65,536 prototypes, hidden 2,048, bottleneck 256. */
  public static HeadConfig dinov2() {
    return new HeadConfig(65_536, 2_048, 256, false);
  }
}
