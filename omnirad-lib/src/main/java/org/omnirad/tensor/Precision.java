package org.omnirad.tensor;

/**
 * The number format inside linear layers and attention; weights and results are float32 in both.
 */
public enum Precision {
  /** 32-bit throughout. */
  FLOAT32,
  /**
   * 16-bit with an 8-bit exponent: about twice as fast where the processor has it, three digits of
   * precision.
   */
  BFLOAT16
}
