package org.omnirad.tensor;

/** How an image is resized, always with antialiasing. */
public enum Interpolation {
  /** Linear in both directions. */
  BILINEAR,
  /** Cubic convolution (a = -0.5) in both directions. */
  BICUBIC
}
