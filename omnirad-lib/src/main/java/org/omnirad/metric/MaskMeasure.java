package org.omnirad.metric;

/**
 * How well a predicted mask agrees with the truth: quotients of the pixels that both, one or
 * neither of them have of a class, 0 to 1, and the distance of their borders.
 */
public enum MaskMeasure {
  /** Twice the pixels in common by the pixels of both; the F1 of the pixels. */
  DICE("Dice"),
  /** The pixels in common by those in either; Jaccard's index. */
  IOU("IoU"),
  /** The share of the predicted pixels that are of the class. */
  PRECISION("precision"),
  /** The share of the pixels of the class that are predicted; sensitivity. */
  RECALL("recall"),
  /** The share of the other pixels that are not predicted. */
  SPECIFICITY("specificity"),
  /**
   * In pixels, the lower the better: from the border of one mask to that of the other, the larger
   * of both 95th percentiles. A border pixel is one of the class with a 4-neighbour that is not, or
   * at the edge of the image. Where one mask lacks the class, the diagonal of the image.
   */
  HAUSDORFF_95("Hausdorff 95 (px)");

  private final String label;

  MaskMeasure(String label) {
    this.label = label;
  }

  /** The name that a report prints. */
  public String label() {
    return label;
  }
}
