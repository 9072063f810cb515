package org.omnirad.pretrain;

/** How the teacher's logits become targets that do not all name one prototype. */
public enum Centring {
  /** A moving mean of the logits is subtracted before the softmax (DINO, DINOv2's default). */
  MOVING_MEAN,
  /** Sinkhorn-Knopp gives prototypes equal shares within the batch (DINOv2's long recipes). */
  SINKHORN,
  /** A plain softmax, which collapses: only to show that. */
  NONE
}
