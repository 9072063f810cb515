package org.omnirad.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * A JPEG file reduced to the segments that hold the picture. Thumbnails, colour profiles, EXIF and
 * comments never reach the decoder.
 */
final class JpegSegments {

  private static final int START = 0xD8;
  private static final int END = 0xD9;
  private static final int SCAN = 0xDA;
  private static final int APP0 = 0xE0; // JFIF
  private static final int APP14 = 0xEE; // Adobe: says how colours are coded
  private static final int APP15 = 0xEF;
  private static final int COMMENT = 0xFE;

  /** Each scan of a progressive file costs a pass over the picture. */
  private static final int MAX_SCANS = 200;

  private JpegSegments() {}

  /**
   * The file's picture alone.
   *
   * @throws IOException where the file ends early or is CMYK
   */
  static byte[] essential(byte[] file) throws IOException {
    var kept = new ByteArrayOutputStream(file.length);
    kept.write(0xFF);
    kept.write(START);
    int at = 2;
    while (at + 4 <= file.length) {
      if ((file[at] & 255) != 0xFF) {
        throw new IOException("a marker is missing: the file is damaged");
      }
      int marker = file[at + 1] & 255;
      if (marker == 0xFF) {
        at++;
        continue;
      }
      int length = (file[at + 2] & 255) << 8 | (file[at + 3] & 255);
      if (length < 2 || at + 2 + length > file.length) {
        throw new IOException("a segment is longer than the file: the file is cut short");
      }
      if (isFrame(marker) && length > 7 && file[at + 9] == 4) {
        throw new ImageFile.Unsupported("its colours are CMYK");
      }
      if (marker == SCAN) {
        checkScans(file, at);
        kept.write(file, at, file.length - at);
        return kept.toByteArray();
      }
      boolean application = marker >= APP0 && marker <= APP15;
      if (marker == APP0 || marker == APP14 || (!application && marker != COMMENT)) {
        kept.write(file, at, 2 + length);
      }
      at += 2 + length;
    }
    throw new IOException("there is no picture in it: the file is cut short");
  }

  // C4, C8 and CC lie in the same range but are no frames.
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static void checkScans(byte[] file, int from) throws IOException {
    int scans = 0;
    boolean ended = false;
    for (int i = from; i + 1 < file.length; i++) {
      if ((file[i] & 255) == 0xFF) {
        int marker = file[i + 1] & 255;
        scans += marker == SCAN ? 1 : 0;
        ended |= marker == END;
      }
    }
    if (!ended) {
      throw new IOException("the end is missing: the file is cut short");
    }
    if (scans > MAX_SCANS) {
      throw new ImageFile.Unsupported(
          "it has " + scans + " scans, at most " + MAX_SCANS + " are read");
    }
  }
}
