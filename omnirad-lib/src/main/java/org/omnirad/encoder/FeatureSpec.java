package org.omnirad.encoder;

/**
 * Which tokens become an image's feature vector: the class tokens of the last blocks, each after
 * the final norm, one after another; then, if asked for, the mean patch token of the last block
 * (DINOv2's linear evaluation).
 *
 * @param blocks how many of the last blocks, at least 1
 * @param patchMean whether the mean patch token follows
 */
public record FeatureSpec(int blocks, boolean patchMean) {

  /** Checks the number of blocks. */
  public FeatureSpec {
    if (blocks < 1) {
      throw new IllegalArgumentException("blocks is %d, must be at least 1".formatted(blocks));
    }
  }

  /** How many tokens stand one after another, each of D values. */
  public int tokens() {
    return blocks + (patchMean ? 1 : 0);
  }

  /** The class token of the last block, D values. */
  public static FeatureSpec cls() {
    return new FeatureSpec(1, false);
  }

  /** The class tokens of the last {@code n} blocks, n x D values. */
  public static FeatureSpec lastBlocks(int n) {
    return new FeatureSpec(n, false);
  }

  /** This with the mean patch token of the last block, D more values. */
  public FeatureSpec withPatchMean() {
    return new FeatureSpec(blocks, true);
  }
}
