package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.omnirad.run.InputException;

/** Whatever is done to an image file, reading it gives a picture or one kind of exception. */
class MutatedImageTest {

  /** What the largest picture that is read may take: samples, a row buffer, RGB. */
  private static final long MAX_ALLOCATED = 12L * ImageFile.MAX_PIXELS;

  private static final int[] EXTREMES = {
    0, -1, Integer.MAX_VALUE, 0x10000000, 0xFFFF, 0x7FFF0000, 0x04000000, 0xFFFFFF7F
  };

  private int pictures;
  private int refusals;

  private static List<byte[]> sound() {
    BufferedImage rgb = Pictures.image(BufferedImage.TYPE_3BYTE_BGR);
    BufferedImage grey = Pictures.image(BufferedImage.TYPE_BYTE_GRAY);
    var files = new ArrayList<byte[]>();
    for (String format : List.of("jpeg", "png", "bmp", "tiff")) {
      files.add(Pictures.encode(rgb, format));
      files.add(Pictures.encode(grey, format));
    }
    files.add(Pictures.progressiveJpeg());
    files.add(Pictures.encode(Pictures.deepGrey(), "png"));
    files.add(Pictures.encode(Pictures.palette(), "png"));
    files.add(Pictures.encode(Pictures.palette(), "bmp"));
    for (String compression : List.of("LZW", "Deflate", "PackBits", "JPEG")) {
      files.add(Pictures.encode(rgb, "tiff", compression));
    }
    BufferedImage bits = new BufferedImage(64, 40, BufferedImage.TYPE_BYTE_BINARY);
    files.add(Pictures.encode(bits, "tiff", "CCITT T.6"));
    return files;
  }

  @Test
  void flippedBytes() {
    var random = new SplittableRandom(1);
    for (byte[] file : sound()) {
      for (int round = 0; round < 150; round++) {
        byte[] changed = file.clone();
        int flips = random.nextInt(1, 8);
        // Headers are where most harm is done.
        int reach = random.nextBoolean() ? Math.min(200, file.length) : file.length;
        for (int k = 0; k < flips; k++) {
          changed[random.nextInt(reach)] = (byte) random.nextInt(256);
        }
        read(changed);
      }
    }
    assertTrue(refusals > 500 && pictures > 200, refusals + " refused, " + pictures + " read");
  }

  @Test
  void extremeNumbersInEveryPlace() {
    for (byte[] file : sound()) {
      int tail = file.length - 400;
      for (int at = 0; at + 4 <= file.length; at += at < 200 || at > tail ? 2 : 97) {
        for (int k = 0; k < 3; k++) {
          byte[] changed = file.clone();
          ByteBuffer.wrap(changed).putInt(at, EXTREMES[(at / 2 + 3 * k) % EXTREMES.length]);
          read(changed);
        }
      }
    }
    assertTrue(refusals > 500, refusals + " refused");
  }

  @Test
  void piecesCutOutDoubledAndMixed() {
    var random = new SplittableRandom(2);
    List<byte[]> files = sound();
    for (byte[] file : files) {
      for (int round = 0; round < 40; round++) {
        int from = random.nextInt(file.length);
        int to = random.nextInt(from, file.length);
        byte[] other = files.get(random.nextInt(files.size()));
        byte[] middle =
            switch (round % 3) {
              case 0 -> new byte[0];
              case 1 -> Arrays.copyOfRange(file, from / 2, to);
              default -> Arrays.copyOfRange(other, 0, Math.min(other.length, to - from + 1));
            };
        byte[] changed = Arrays.copyOf(file, from + middle.length + file.length - to);
        System.arraycopy(middle, 0, changed, from, middle.length);
        System.arraycopy(file, to, changed, from + middle.length, file.length - to);
        read(changed);
      }
    }
    assertTrue(refusals > 300, refusals + " refused");
  }

  private void read(byte[] file) {
    var memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = memory.getCurrentThreadAllocatedBytes();
    long started = System.nanoTime();
    try {
      ImageFile.read(file, "mutated");
      pictures++;
    } catch (InputException e) {
      assertTrue(e.getMessage().startsWith("mutated: "), e.getMessage());
      refusals++;
    }
    long taken = memory.getCurrentThreadAllocatedBytes() - before;
    assertTrue(taken < MAX_ALLOCATED, taken + " bytes for " + Arrays.toString(file));
    long millis = (System.nanoTime() - started) / 1_000_000;
    assertTrue(millis < 20_000, millis + " ms for " + Arrays.toString(file));
  }
}
