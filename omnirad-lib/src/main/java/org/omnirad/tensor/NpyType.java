package org.omnirad.tensor;

/** Element types of an npy file that can be read. */
public enum NpyType {
  /** Truth value of one byte. */
  BOOL('b', 1),
  /** Signed integer of 8 bits. */
  INT8('i', 1),
  /** Signed integer of 16 bits. */
  INT16('i', 2),
  /** Signed integer of 32 bits. */
  INT32('i', 4),
  /** Signed integer of 64 bits. */
  INT64('i', 8),
  /** Unsigned integer of 8 bits. */
  UINT8('u', 1),
  /** Unsigned integer of 16 bits. */
  UINT16('u', 2),
  /** Unsigned integer of 32 bits. */
  UINT32('u', 4),
  /** Unsigned integer of 64 bits. */
  UINT64('u', 8),
  /** IEEE half precision. */
  FLOAT16('f', 2),
  /** Float of 32 bits. */
  FLOAT32('f', 4),
  /** Float of 64 bits. */
  FLOAT64('f', 8),
  /** Text of a fixed number of characters, four bytes each. */
  TEXT('U', 0);

  private final char kind;
  private final int bytes;

  NpyType(char kind, int bytes) {
    this.kind = kind;
    this.bytes = bytes;
  }

  boolean isInteger() {
    return kind == 'i' || kind == 'u' || kind == 'b';
  }

  char kind() {
    return kind;
  }

  /** Bytes per element; 0 for text, whose length each file chooses. */
  int bytes() {
    return bytes;
  }
}
