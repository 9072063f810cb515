package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.run.InputException;

class ImageFileTest {

  private static final int GREY = BufferedImage.TYPE_BYTE_GRAY;
  private static final int RGB = BufferedImage.TYPE_3BYTE_BGR;
  private static final int RGBA = BufferedImage.TYPE_4BYTE_ABGR;

  private static RgbImage read(byte[] file) {
    return ImageFile.read(file, "picture");
  }

  private static void assertPixels(RgbImage image, boolean grey, int tolerance) {
    assertEquals(Pictures.WIDTH, image.width());
    assertEquals(Pictures.HEIGHT, image.height());
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        for (int c = 0; c < 3; c++) {
          int expected = Pictures.value(x, y, grey ? 0 : c);
          int actual = image.rgb()[3 * (y * image.width() + x) + c] & 255;
          assertEquals(expected, actual, tolerance, "(" + x + ", " + y + ") channel " + c);
        }
      }
    }
  }

  private static String refusal(byte[] file) {
    return assertThrows(InputException.class, () -> read(file)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void greyIsReadAsStored(String format) {
    assertPixels(read(Pictures.encode(Pictures.image(GREY), format)), true, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void coloursAreReadAsStored(String format) {
    assertPixels(read(Pictures.encode(Pictures.image(RGB), format)), false, 0);
  }

  @ParameterizedTest
  @CsvSource({"LZW", "ZLib", "Deflate", "PackBits"})
  void compressedTiffIsRead(String compression) {
    assertPixels(read(Pictures.encode(Pictures.image(RGB), "tiff", compression)), false, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "tiff"})
  void alphaIsDropped(String format) {
    assertPixels(read(Pictures.encode(Pictures.image(RGBA), format)), false, 0);
  }

  @Test
  void jpegIsReadWithoutGamma() {
    RgbImage image = read(Pictures.encode(Pictures.image(GREY), "jpeg"));
    double error = 0;
    for (int i = 0; i < image.rgb().length; i++) {
      int pixel = Math.floorDiv(i, 3);
      int y = Math.floorDiv(pixel, Pictures.WIDTH);
      error += Math.abs((image.rgb()[i] & 255) - Pictures.value(pixel % Pictures.WIDTH, y, 0));
    }
    assertTrue(error / image.rgb().length < 2, () -> "wrong by more than two grey values");
    assertEquals(Pictures.WIDTH, read(Pictures.progressiveJpeg()).width());
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "tiff"})
  void deepGreyIsStretchedFromItsSmallestToItsLargest(String format) {
    RgbImage image = read(Pictures.encode(Pictures.deepGrey(), format));
    int[] values = IntStream.range(0, image.rgb().length).map(i -> image.rgb()[i] & 255).toArray();
    assertEquals(0, Arrays.stream(values).min().orElseThrow());
    assertEquals(255, Arrays.stream(values).max().orElseThrow());
    assertPixels(image, true, 1);
  }

  @Test
  void constantDeepGreyIsBlack() {
    var flat = new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY);
    Arrays.fill(
        ((java.awt.image.DataBufferUShort) flat.getRaster().getDataBuffer()).getData(),
        (short) 900);
    assertArrayEquals(new byte[18], read(Pictures.encode(flat, "png")).rgb());
  }

  @Test
  void ofDeepColoursTheHighByteIsTaken() {
    byte[] row = {0, 0x12, 0x34, (byte) 0x80, 0x01, (byte) 0xFF, (byte) 0xFF};
    byte[] rgb = read(Pictures.png(1, 1, 16, 2, row)).rgb();
    assertArrayEquals(new byte[] {0x12, (byte) 0x80, (byte) 0xFF}, rgb);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void palettesAreLookedUp(String format) {
    byte[] rgb = read(Pictures.encode(Pictures.palette(), format)).rgb();
    for (int pixel : new int[] {0, 7, 15, 39}) {
      int k = pixel % 16;
      assertEquals(k, rgb[3 * pixel]);
      assertEquals(10 * k, rgb[3 * pixel + 1] & 255);
      assertEquals(255 - k, rgb[3 * pixel + 2] & 255);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void oneBitIsBlackAndWhite(String format) {
    var image = new BufferedImage(9, 1, BufferedImage.TYPE_BYTE_BINARY);
    image.getRaster().setSample(8, 0, 0, 1);
    byte[] rgb = read(Pictures.encode(image, format)).rgb();
    assertEquals(0, rgb[21]);
    assertEquals(255, rgb[24] & 255);
  }

  @Test
  void greyOfTwoAndFourBitsFillsTheRange() {
    assertEquals(0x88, read(Pictures.png(2, 1, 4, 0, new byte[] {0, 0x08})).rgb()[3] & 255);
    assertEquals(0x55, read(Pictures.png(4, 1, 2, 0, new byte[] {0, 0x1B})).rgb()[3] & 255);
  }

  @Test
  void transparencyGammaAndProfilesAreIgnored() {
    byte[] plain = Pictures.png(3, 1, 8, 0, new byte[] {0, 10, 100, (byte) 200});
    byte[] adorned =
        Pictures.png(
            3,
            1,
            8,
            0,
            new byte[] {0, 10, 100, (byte) 200},
            Pictures.chunk("gAMA", new byte[] {0, 1, (byte) 0x86, (byte) 0xA0}),
            Pictures.chunk("iCCP", new byte[] {'x', 0, 0, 1, 2, 3}),
            Pictures.chunk("tRNS", new byte[] {0, 100}));
    assertArrayEquals(read(plain).rgb(), read(adorned).rgb());
    assertEquals(100, read(plain).rgb()[3]);
  }

  @Test
  void whiteIsZeroTiffIsTurned() {
    byte[] tiff = Pictures.encode(Pictures.image(GREY), "tiff");
    setTiffTag(tiff, 262, 0);
    RgbImage image = read(tiff);
    assertEquals(255 - Pictures.value(7, 0, 0), image.rgb()[21] & 255);
  }

  @Test
  void theContentDecidesNotTheName(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("really-a-png.jpg");
    Files.write(file, Pictures.encode(Pictures.image(RGB), "png"));
    assertPixels(ImageFile.read(file), false, 0);
  }

  @Test
  void whatIsNoImageIsRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.png");
    Files.writeString(file, "<html>not found</html>");
    String message = assertThrows(InputException.class, () -> ImageFile.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": its content is not that of a JPEG"), message);
    assertTrue(refusal(new byte[0]).contains("its content is not"));
    assertTrue(
        refusal(Pictures.encode(Pictures.image(GREY), "gif")).contains("its content is not"));
    Path missing = folder.resolve("b.png");
    message = assertThrows(InputException.class, () -> ImageFile.read(missing)).getMessage();
    assertTrue(message.contains("no such file"), message);
    assertThrows(InputException.class, () -> ImageFile.read(folder));
  }

  @Test
  void cmykIsRefused() {
    String message = refusal(Pictures.fourChannelJpeg());
    assertEquals("picture: its colours are CMYK. Convert it to an 8-bit grey or RGB PNG.", message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png", "bmp", "tiff"})
  void everyShorterFileIsRefused(String format) {
    byte[] file = Pictures.encode(Pictures.image(RGB), format);
    for (int length = 0; length < file.length; length += 1 + length / 40) {
      byte[] cut = Arrays.copyOf(file, length);
      String message = refusal(cut);
      assertTrue(message.startsWith("picture: "), message);
    }
  }

  @Test
  void paddingAfterTheEndIsNoDamage() {
    byte[] jpeg = Pictures.encode(Pictures.image(RGB), "jpeg");
    assertArrayEquals(read(jpeg).rgb(), read(Arrays.copyOf(jpeg, jpeg.length + 100)).rgb());
    byte[] png = Pictures.encode(Pictures.image(RGB), "png");
    assertArrayEquals(read(png).rgb(), read(Arrays.copyOf(png, png.length + 100)).rgb());
  }

  @Test
  void damagedPngIsNoticedByItsChecksum() {
    byte[] png = Pictures.encode(Pictures.image(RGB), "png");
    png[png.length - 20] ^= 1;
    assertTrue(refusal(png).contains("a checksum is wrong"));
  }

  @Test
  void hugeSizesAreRefusedBeforeMemoryIsTaken() {
    byte[] png = Pictures.png(60_000, 60_000, 8, 6, new byte[1000]);
    byte[] bmp = Pictures.encode(Pictures.image(RGB), "bmp");
    ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 50_000).putInt(22, 50_000);
    byte[] tiff = Pictures.encode(Pictures.image(RGB), "tiff");
    setTiffTag(tiff, 256, 50_000);
    setTiffTag(tiff, 257, 50_000);
    byte[] jpeg = Pictures.encode(Pictures.image(GREY), "jpeg");
    int frame = frameOf(jpeg);
    ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 60_000).putShort(frame + 7, (short) 60_000);
    for (byte[] file : new byte[][] {png, bmp, tiff, jpeg}) {
      long before = allocated();
      String message = refusal(file);
      assertTrue(message.matches(".*(at most 33,554,432 pixels|Invalid width/height).*"), message);
      assertTrue(allocated() - before < 20_000_000, message);
    }
  }

  @Test
  void textThatInflatesHugelyIsNotInflated() {
    byte[] bomb = Pictures.deflate(new byte[100_000_000]);
    byte[] text =
        ByteBuffer.allocate(bomb.length + 3).put(new byte[] {'a', 0, 0}).put(bomb).array();
    byte[] png = Pictures.png(1, 1, 8, 0, new byte[] {0, 7}, Pictures.chunk("zTXt", text));
    long before = allocated();
    assertEquals(7, read(png).rgb()[0]);
    assertTrue(allocated() - before < 5_000_000);
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static int frameOf(byte[] jpeg) {
    for (int i = 0; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xC0) {
        return i;
      }
    }
    throw new AssertionError("no frame");
  }

  // The files that ImageIO writes are big-endian; a value of type SHORT or LONG is set.
  private static void setTiffTag(byte[] tiff, int tag, int value) {
    ByteBuffer file = ByteBuffer.wrap(tiff);
    int directory = file.getInt(4);
    for (int k = 0; k < file.getShort(directory); k++) {
      int entry = directory + 2 + 12 * k;
      if (file.getShort(entry) == tag) {
        if (file.getShort(entry + 2) == 3) {
          file.putShort(entry + 8, (short) value);
        } else {
          file.putInt(entry + 8, value);
        }
        return;
      }
    }
    throw new AssertionError("no tag " + tag);
  }
}
