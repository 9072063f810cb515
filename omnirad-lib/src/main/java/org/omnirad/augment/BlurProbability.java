package org.omnirad.augment;

/**
 * Which of DINOv2's blur probabilities hold. Its code passes what it declares on as the probability
 * not to blur, so that the published models were trained with the complement.
 */
public enum BlurProbability {
  /**
   * As its configuration reads: 1.0 for the first global view, 0.1 for the second, 0.5 for local.
   */
  DECLARED,
  /** As its models were trained: 0.0, 0.9 and 0.5. */
  EFFECTIVE
}
