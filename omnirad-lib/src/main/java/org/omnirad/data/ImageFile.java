package org.omnirad.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.omnirad.run.InputException;

/**
 * Decodes JPEG, PNG, BMP and TIFF files to 8-bit RGB. The type is taken from the content, never
 * from the name.
 *
 * <ul>
 *   <li>Grey values are taken as stored, without gamma conversion, and repeated in three channels.
 *   <li>Grey of more than 8 bits is stretched linearly, the picture's smallest value to 0 and its
 *       largest to 255: such files often use 10 or 12 of their 16 bits.
 *   <li>Alpha is dropped, as Pillow's {@code convert("RGB")} does; EXIF orientation is ignored.
 *   <li>CMYK JPEG is refused, and so are pictures of more than {@link #MAX_PIXELS} pixels and files
 *       of more than {@link #MAX_BYTES} bytes.
 * </ul>
 */
public final class ImageFile {

  /** The most pixels of one picture, 2^25 (such as 8192 x 4096); checked before decoding. */
  public static final int MAX_PIXELS = 1 << 25;

  /** The most bytes of one file, 128 MiB. */
  public static final int MAX_BYTES = 1 << 27;

  private ImageFile() {}

  /**
   * Reads one file.
   *
   * @throws InputException where it is missing, damaged, too large or of another type
   */
  public static RgbImage read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return decode(in, file.toString());
    } catch (NoSuchFileException e) {
      throw InputException.of(file, "no such file.", "Check the path.", e);
    } catch (IOException e) {
      throw InputException.of(
          file, "cannot be read (" + e.getMessage() + ").", "Check the file.", e);
    }
  }

  /**
   * Decodes the bytes of one file.
   *
   * @param in the file's content; left open
   * @param source where it comes from, for messages
   * @throws InputException where it is damaged, too large or of another type
   * @throws IOException where the stream fails
   */
  static RgbImage decode(InputStream in, String source) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new InputException(
          source + ": larger than " + MAX_BYTES + " bytes.", "Make the picture smaller.");
    }
    return decode(bytes, source);
  }

  private static RgbImage decode(byte[] bytes, String source) {
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      var readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new InputException(
            source + ": not an image.", "Expected a JPEG, PNG, BMP or TIFF file.");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
          throw new InputException(
              source + ": " + pixels + " pixels.", "At most " + MAX_PIXELS + " are read.");
        }
        return toRgb(reader.read(0));
      } finally {
        reader.dispose();
      }
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new InputException(
          source + ": cannot be decoded (" + e.getMessage() + ").", "Get the file again.");
    }
  }

  private static RgbImage toRgb(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    Raster raster = image.getRaster();
    byte[] rgb = new byte[width * height * 3];
    if (image.getColorModel() instanceof IndexColorModel || raster.getNumBands() > 4) {
      int[] row = new int[width];
      for (int y = 0, i = 0; y < height; y++) {
        image.getRGB(0, y, width, 1, row, 0, width);
        for (int x = 0; x < width; x++) {
          rgb[i++] = (byte) (row[x] >> 16);
          rgb[i++] = (byte) (row[x] >> 8);
          rgb[i++] = (byte) row[x];
        }
      }
      return new RgbImage(width, height, rgb);
    }
    int bands = raster.getNumBands();
    int shift = raster.getSampleModel().getSampleSize(0) - 8;
    int[] row = new int[width * bands];
    for (int y = 0, i = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          rgb[i++] = (byte) (row[x * bands + (bands < 3 ? 0 : c)] >> shift);
        }
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
