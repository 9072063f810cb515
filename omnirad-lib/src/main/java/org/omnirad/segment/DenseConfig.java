package org.omnirad.segment;

import static org.omnirad.run.Requirement.require;

/**
 * The shape of a {@link DenseAdapter}.
 *
 * @param width h, channels of every map; a multiple of 4 and of {@code numHeads}. In the paper that
 *     of the encoder's tokens
 * @param priorWidth c, channels of the convolutional prior's stem; it ends with 4 c
 * @param numHeads attention heads of the hybrid encoder's transformer
 * @param stageWidth channels in the stages of its fuse blocks
 * @param stageDepth convolutions of such a stage
 */
public record DenseConfig(int width, int priorWidth, int numHeads, int stageWidth, int stageDepth) {

  /** Checks every value. */
  public DenseConfig {
    require(numHeads >= 1, "numHeads", numHeads, "at least 1");
    require(
        width >= 4 && width % 4 == 0 && width % numHeads == 0,
        "width",
        width,
        "a multiple of 4 and of numHeads " + numHeads);
    require(priorWidth >= 1, "priorWidth", priorWidth, "at least 1");
    require(stageWidth >= 1, "stageWidth", stageWidth, "at least 1");
    require(stageDepth >= 1, "stageDepth", stageDepth, "at least 1");
  }

  /** OmniRad-small's (authors' code): 14.27 million parameters in hybrid encoder and head. */
  public static DenseConfig small() {
    return of(384, 0.34, 2);
  }

  /** OmniRad-base's (authors' code): 72.12 million parameters in hybrid encoder and head. */
  public static DenseConfig base() {
    return of(768, 0.67, 3);
  }

  /** For a CPU: as small, but 96 wide, about a million parameters in all. */
  public static DenseConfig tiny() {
    return of(96, 0.34, 2);
  }

  /** As DEIMv2 computes the width of a stage from its expansion. */
  private static DenseConfig of(int width, double expansion, int depth) {
    return new DenseConfig(width, 16, 6, (int) (expansion * width / 2), depth);
  }
}
