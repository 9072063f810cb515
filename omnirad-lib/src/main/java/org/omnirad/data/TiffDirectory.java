package org.omnirad.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first directory of a TIFF file. Its strips and tiles are checked against the file's length,
 * because the decoder of the JDK takes as much memory as they claim.
 */
final class TiffDirectory {

  private static final int STRIP_BYTE_COUNTS = 279;
  private static final int TILE_BYTE_COUNTS = 325;
  private static final int SHORT = 3;
  private static final int ENTRY_BYTES = 12;

  private TiffDirectory() {}

  /**
   * Checks the strips and tiles.
   *
   * @throws IOException where one is longer than the file
   */
  static void check(byte[] file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(file);
    in.order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    try {
      int directory = in.getInt(4);
      int entries = in.getShort(directory) & 0xFFFF;
      for (int k = 0; k < entries; k++) {
        int entry = directory + 2 + ENTRY_BYTES * k;
        int tag = in.getShort(entry) & 0xFFFF;
        if (tag == STRIP_BYTE_COUNTS || tag == TILE_BYTE_COUNTS) {
          checkCounts(in, entry);
        }
      }
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("its directory lies outside the file: the file is cut short", e);
    }
  }

  private static void checkCounts(ByteBuffer in, int entry) throws IOException {
    int bytes = in.getShort(entry + 2) == SHORT ? 2 : 4;
    long count = in.getInt(entry + 4) & 0xFFFFFFFFL;
    int values = count * bytes <= 4 ? entry + 8 : in.getInt(entry + 8);
    if (count * bytes > in.capacity()) {
      throw new IOException("its directory is longer than the file: the file is damaged");
    }
    for (int k = 0; k < count; k++) {
      int at = values + bytes * k;
      long length = bytes == 2 ? in.getShort(at) & 0xFFFF : in.getInt(at) & 0xFFFFFFFFL;
      if (length > in.capacity()) {
        throw new IOException("a strip is longer than the file: the file is cut short");
      }
    }
  }
}
