package org.omnirad.segment;

/** What is made small in training. */
public enum SegmentLoss {
  /** The mean cross-entropy of all pixels (authors' code). */
  CROSS_ENTROPY,
  /**
   * The same plus the soft Dice loss, which counts a small object as much as a large one (Milletari
   * et al. 2016; Isensee et al. 2021).
   */
  DICE_CROSS_ENTROPY
}
