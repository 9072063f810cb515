package org.omnirad.augment;

/** The views of DINOv2, which differ in size of the crop, blur and solarisation. */
public enum NaturalView {
  /** First global view. */
  FIRST(1.0, 0.0),
  /** Second global view, the only one that is solarised. */
  SECOND(0.1, 0.9),
  /** Local view. */
  LOCAL(0.5, 0.5);

  private final double declared;
  private final double effective;

  NaturalView(double declared, double effective) {
    this.declared = declared;
    this.effective = effective;
  }

  double blur(BlurProbability which) {
    return which == BlurProbability.DECLARED ? declared : effective;
  }
}
