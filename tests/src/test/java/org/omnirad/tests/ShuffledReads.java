package org.omnirad.tests;

import java.nio.file.Path;
import java.util.Arrays;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.NpyArray;
import org.omnirad.tensor.NpzFile;

/** The program that {@link LargeArrayTest} runs in a small heap: reads rows in random order. */
final class ShuffledReads {

  static final int ROW_BYTES = 1 << 16;

  private static final int PATTERN_BYTES = 512;
  private static final int READS = 20_000;

  private ShuffledReads() {}

  /** What row {@code index} holds: its own noise, repeated, so that it deflates well. */
  static byte[] row(long index) {
    var random = new RandomSource(3).at(index, "row");
    byte[] row = new byte[ROW_BYTES];
    for (int i = 0; i < PATTERN_BYTES; i++) {
      row[i] = (byte) random.nextInt();
    }
    for (int i = PATTERN_BYTES; i < ROW_BYTES; i++) {
      row[i] = row[i - PATTERN_BYTES];
    }
    return row;
  }

  /** Arguments: the archive and the cache folder. */
  public static void main(String[] arguments) {
    NpyArray images =
        NpzFile.open(Path.of(arguments[0]), Path.of(arguments[1])).get("train_images");
    var random = new RandomSource(4).at(0, "order");
    byte[] row = new byte[ROW_BYTES];
    for (int i = 0; i < READS; i++) {
      long index = random.nextLong(images.rows());
      images.readRow(index, row);
      if (!Arrays.equals(row, row(index))) {
        throw new IllegalStateException("row " + index + " is wrong");
      }
    }
    System.out.printf(
        "%d of %d bytes, heap %d%n",
        (long) READS * ROW_BYTES,
        images.rows() * images.rowSize(),
        Runtime.getRuntime().maxMemory());
  }
}
