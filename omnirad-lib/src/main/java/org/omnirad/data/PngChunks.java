package org.omnirad.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A PNG file reduced to the four chunks that hold the picture, each with its checksum verified.
 * Text, colour profiles and other chunks never reach the decoder: some inflate to any size.
 */
final class PngChunks {

  static final int SIGNATURE_LENGTH = 8;

  private static final int HEADER = 0x49484452; // IHDR
  private static final int PALETTE = 0x504C5445; // PLTE
  private static final int DATA = 0x49444154; // IDAT
  private static final int END = 0x49454E44; // IEND
  private static final Set<Integer> KEPT = Set.of(HEADER, PALETTE, DATA, END);

  /** Length, type and checksum of a chunk. */
  private static final int FRAME = 12;

  private PngChunks() {}

  /**
   * The file's picture alone.
   *
   * @throws IOException where the file ends early or a checksum is wrong
   */
  static byte[] essential(byte[] file) throws IOException {
    var kept = new ByteArrayOutputStream(file.length);
    kept.write(file, 0, SIGNATURE_LENGTH);
    ByteBuffer in = ByteBuffer.wrap(file);
    int at = SIGNATURE_LENGTH;
    while (at <= file.length - FRAME) {
      int length = in.getInt(at);
      int type = in.getInt(at + 4);
      if (length < 0 || length > file.length - at - FRAME) {
        throw new IOException("a chunk is longer than the file: the file is cut short");
      }
      if (KEPT.contains(type)) {
        var crc = new CRC32();
        crc.update(file, at + 4, length + 4);
        if ((int) crc.getValue() != in.getInt(at + 8 + length)) {
          throw new IOException("a checksum is wrong: the file is damaged");
        }
        kept.write(file, at, length + FRAME);
      }
      if (type == END) {
        return kept.toByteArray();
      }
      at += length + FRAME;
    }
    throw new IOException("the end is missing: the file is cut short");
  }
}
