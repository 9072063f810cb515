package org.omnirad.tensor;

/**
 * Element types of a safetensors file, under the names of the format. {@code F32}, {@code F16},
 * {@code BF16}, {@code I64} and {@code U8} can be read; the others are known, so that a file that
 * holds them opens.
 */
public enum TensorType {
  /** Float of 64 bits. */
  F64(8),
  /** Float of 32 bits. */
  F32(4),
  /** IEEE half precision. */
  F16(2),
  /** The upper half of a 32-bit float. */
  BF16(2),
  /** Signed integer of 64 bits. */
  I64(8),
  /** Signed integer of 32 bits. */
  I32(4),
  /** Signed integer of 16 bits. */
  I16(2),
  /** Signed integer of 8 bits. */
  I8(1),
  /** Unsigned integer of 64 bits. */
  U64(8),
  /** Unsigned integer of 32 bits. */
  U32(4),
  /** Unsigned integer of 16 bits. */
  U16(2),
  /** Unsigned integer of 8 bits. */
  U8(1),
  /** Truth value of one byte. */
  BOOL(1),
  /** Float of 8 bits, 4 of them exponent. */
  F8_E4M3(1),
  /** Float of 8 bits, 5 of them exponent. */
  F8_E5M2(1);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  boolean isReadableFloat() {
    return this == F32 || this == F16 || this == BF16;
  }
}
