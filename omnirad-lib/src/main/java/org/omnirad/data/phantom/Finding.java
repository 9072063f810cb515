package org.omnirad.data.phantom;

/**
 * What a picture shows of its lesion.
 *
 * @param bright whether it is brighter than what is around it, else darker
 * @param share its longest diameter as a share of the picture's width
 * @param raggedness by how much of its radius the border varies
 */
record Finding(boolean bright, double share, double raggedness) {

  /**
   * A finding.
   *
   * @param fieldMm width of the picture, mm
   */
  static Finding of(Lesion lesion, boolean bright, double fieldMm) {
    return new Finding(bright, lesion.diameterMm() / fieldMm, lesion.raggedness());
  }

  /** 1 below 8 % of the picture's width, 2 below 15 %, 3 below 25 %, 4 above. */
  int grade() {
    return share < 0.08 ? 1 : share < 0.15 ? 2 : share < 0.25 ? 3 : 4;
  }

  /** Whether the border varies by a fifth of the radius or more. */
  boolean irregular() {
    return raggedness >= 0.2;
  }
}
