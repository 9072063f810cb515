package org.omnirad.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Java arrays as the little-endian bytes of a file, through one small chunk. */
final class LittleEndian {

  private static final int CHUNK_ELEMENTS = 1 << 13;

  private LittleEndian() {}

  /** Puts {@code n} values, from index {@code at} on, at the start of a chunk. */
  @FunctionalInterface
  private interface Filler {
    void fill(ByteBuffer chunk, int at, int n);
  }

  static void write(float[] values, OutputStream out) throws IOException {
    write(values.length, Float.BYTES, (c, at, n) -> c.asFloatBuffer().put(values, at, n), out);
  }

  static void write(int[] values, OutputStream out) throws IOException {
    write(values.length, Integer.BYTES, (c, at, n) -> c.asIntBuffer().put(values, at, n), out);
  }

  static void write(long[] values, OutputStream out) throws IOException {
    write(values.length, Long.BYTES, (c, at, n) -> c.asLongBuffer().put(values, at, n), out);
  }

  private static void write(int length, int width, Filler filler, OutputStream out)
      throws IOException {
    int elements = Math.min(length, CHUNK_ELEMENTS);
    ByteBuffer chunk = ByteBuffer.allocate(elements * width).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < length; done += elements) {
      int n = Math.min(length - done, elements);
      filler.fill(chunk, done, n);
      out.write(chunk.array(), 0, n * width);
    }
  }
}
