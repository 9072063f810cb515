package org.omnirad.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.omnirad.run.InputException;

/**
 * Decodes JPEG, PNG, BMP and TIFF files to 8-bit RGB. The type is taken from the content, never
 * from the name. Safe for use by several threads at once.
 *
 * <ul>
 *   <li>Values are taken as stored: no gamma, no colour profile. Grey is repeated in three
 *       channels, palettes are looked up.
 *   <li>Grey of more than 8 bits is stretched linearly, the picture's smallest value to 0 and its
 *       largest to 255: such files often use 10 or 12 of their 16 bits. Of 16-bit colours the high
 *       byte is taken.
 *   <li>Alpha is dropped, as Pillow's {@code convert("RGB")} does; EXIF orientation is ignored; of
 *       several pages the first is read.
 *   <li>CMYK and values of more than 16 bits are refused, and so are pictures of more than {@link
 *       #MAX_PIXELS} pixels and files of more than {@link #MAX_BYTES} bytes.
 *   <li>Damage that shows (a wrong checksum, missing data) is an error: half a picture is never
 *       returned.
 * </ul>
 */
public final class ImageFile {

  /** The most pixels of one picture, 2^25 (such as 8192 x 4096); checked before decoding. */
  public static final int MAX_PIXELS = 1 << 25;

  /** The most bytes of one file, 128 MiB. */
  public static final int MAX_BYTES = 1 << 27;

  /** How the messages of libjpeg on lost data begin; it goes on with grey. */
  private static final String LIBJPEG_DAMAGE = "Corrupt JPEG data";

  /** A sound file of a kind that is not read. */
  static final class Unsupported extends IOException {
    private static final long serialVersionUID = 1;

    Unsupported(String cause) {
      super(cause);
    }
  }

  private enum Format {
    JPEG,
    PNG,
    BMP,
    TIFF;

    static Format of(byte[] file) throws IOException {
      long start = 0;
      for (int i = 0; i < 4; i++) {
        start = start << 8 | (i < file.length ? file[i] & 255 : 0);
      }
      if (start >> 8 == 0xFFD8FF) {
        return JPEG;
      } else if (start == 0x89504E47L && file.length > PngChunks.SIGNATURE_LENGTH) {
        return PNG;
      } else if (start >> 16 == 0x424D) {
        return BMP;
      } else if (start == 0x49492A00L || start == 0x4D4D002AL) {
        return TIFF;
      }
      throw new Unsupported("its content is not that of a JPEG, PNG, BMP or TIFF file");
    }
  }

  private ImageFile() {}

  /**
   * Reads one file.
   *
   * @throws InputException where it is missing, damaged, too large or of another type
   */
  public static RgbImage read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in.readNBytes(MAX_BYTES + 1), file.toString());
    } catch (NoSuchFileException e) {
      throw InputException.of(file, "no such file.", "Check the path.", e);
    } catch (IOException e) {
      throw InputException.of(
          file, "cannot be read (" + e.getMessage() + ").", "Check that it is a file.", e);
    }
  }

  /**
   * Decodes one file's content.
   *
   * @param source where it comes from, for messages
   * @throws InputException where it is damaged, too large or of another type
   */
  static RgbImage read(byte[] bytes, String source) {
    return read(bytes, source, false);
  }

  /**
   * Decodes a mask, whose values have to be as they are stored: grey of more than 8 bits, which
   * would be stretched, is refused.
   *
   * @param source where it comes from, for messages
   * @throws InputException where it is damaged, too large or of another type
   */
  static RgbImage readMask(byte[] bytes, String source) {
    return read(bytes, source, true);
  }

  /** Whether the values of a file are only about those that were saved. */
  static boolean isJpeg(byte[] file) {
    try {
      return Format.of(file) == Format.JPEG;
    } catch (IOException e) {
      return false;
    }
  }

  private static RgbImage read(byte[] bytes, String source, boolean exact) {
    try {
      if (bytes.length > MAX_BYTES) {
        throw new Unsupported("it is larger than " + (MAX_BYTES >> 20) + " MiB");
      }
      return decode(bytes, exact);
    } catch (Unsupported e) {
      throw refusal(source, e.getMessage(), "Convert it to an 8-bit grey or RGB PNG.", e);
    } catch (EOFException e) {
      throw refusal(source, "it is cut short", "Get the file again.", e);
    } catch (IOException e) {
      throw refusal(source, e.getMessage(), "Get the file again.", e);
    }
  }

  private static InputException refusal(
      String source, String cause, String remedy, IOException origin) {
    String sentence = String.valueOf(cause).replaceFirst("\\.$", "");
    var refusal = new InputException("%s: %s.".formatted(source, sentence), remedy);
    refusal.initCause(origin);
    return refusal;
  }

  private static RgbImage decode(byte[] file, boolean exact) throws IOException {
    return switch (Format.of(file)) {
      case JPEG -> decode("jpeg", JpegSegments.essential(file), exact);
      case PNG -> decode("png", PngChunks.essential(file), exact);
      case BMP -> decode("bmp", file, exact);
      case TIFF -> {
        TiffDirectory.check(file);
        yield decode("tiff", file, exact);
      }
    };
  }

  private static RgbImage decode(String format, byte[] file, boolean exact) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      var warnings = new ArrayList<String>();
      reader.addIIOReadWarningListener((from, warning) -> warnings.add(warning));
      reader.setInput(stream, true, true);
      checkSize(reader);
      BufferedImage image = reader.read(0);
      for (String warning : warnings) {
        if (warning.startsWith(LIBJPEG_DAMAGE)) {
          throw new IOException(warning);
        }
      }
      return toRgb(image, exact);
    } catch (RuntimeException e) {
      // The decoders answer damaged files with unchecked exceptions of every kind.
      throw new IOException("it cannot be decoded (" + e + ")", e);
    } finally {
      reader.dispose();
    }
  }

  private static void checkSize(ImageReader reader) throws IOException {
    long width = reader.getWidth(0);
    long height = reader.getHeight(0);
    long tile = (long) reader.getTileWidth(0) * reader.getTileHeight(0);
    if (width < 1 || height < 1 || tile < 1) {
      throw new IOException("its size is given as %d x %d pixels".formatted(width, height));
    }
    if (width * height > MAX_PIXELS || tile > MAX_PIXELS) {
      throw new Unsupported(
          String.format(
              Locale.ROOT,
              "its size is given as %,d x %,d pixels, at most %,d pixels are read",
              width,
              height,
              MAX_PIXELS));
    }
    ImageTypeSpecifier type = reader.getRawImageType(0);
    if (type != null && type.getNumBands() > 4) {
      throw new Unsupported("it has " + type.getNumBands() + " channels, at most 4 are read");
    }
  }

  private static RgbImage toRgb(BufferedImage image, boolean exact) throws IOException {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    int height = image.getHeight();
    ColorModel colours = image.getColorModel();
    if (colours instanceof IndexColorModel palette) {
      return new RgbImage(width, height, lookUp(raster, palette));
    }
    if (!(colours instanceof ComponentColorModel)) {
      return new RgbImage(width, height, unpack(image));
    }
    if (raster.getTransferType() != DataBuffer.TYPE_BYTE
        && raster.getTransferType() != DataBuffer.TYPE_USHORT
        && raster.getTransferType() != DataBuffer.TYPE_SHORT) {
      throw new Unsupported("its values have more than 16 bits");
    }
    if (exact && raster.getTransferType() != DataBuffer.TYPE_BYTE) {
      throw new Unsupported("its values have 16 bits, those of a mask have 8");
    }
    return switch (colours.getColorSpace().getType()) {
      case ColorSpace.TYPE_GRAY -> RgbImage.ofGrey(width, height, grey(raster));
      case ColorSpace.TYPE_RGB -> new RgbImage(width, height, rgb(raster));
      default -> throw new Unsupported("its colours are neither grey nor RGB");
    };
  }

  private static byte[] lookUp(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] colours = new int[1 << palette.getPixelSize()];
    palette.getRGBs(colours);
    int[] row = new int[width];
    for (int y = 0, i = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++, i += 3) {
        put(colours[row[x]], rgb, i);
      }
    }
    return rgb;
  }

  // 15-, 16- and 32-bit BMP.
  private static byte[] unpack(BufferedImage image) {
    int width = image.getWidth();
    byte[] rgb = new byte[3 * width * image.getHeight()];
    int[] row = new int[width];
    for (int y = 0, i = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++, i += 3) {
        put(row[x], rgb, i);
      }
    }
    return rgb;
  }

  private static void put(int colour, byte[] rgb, int i) {
    rgb[i] = (byte) (colour >> 16);
    rgb[i + 1] = (byte) (colour >> 8);
    rgb[i + 2] = (byte) colour;
  }

  private static byte[] grey(Raster raster) {
    int width = raster.getWidth();
    byte[] grey = new byte[width * raster.getHeight()];
    int[] row = new int[width];
    boolean deep = raster.getTransferType() != DataBuffer.TYPE_BYTE;
    int[] range = deep ? range(raster) : new int[] {0, 255};
    double scale = 255.0 / Math.max(1, range[1] - range[0]);
    for (int y = 0, i = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++, i++) {
        grey[i] = (byte) (deep ? Math.round((row[x] - range[0]) * scale) : row[x]);
      }
    }
    return grey;
  }

  private static int[] range(Raster raster) {
    int[] row = new int[raster.getWidth()];
    int[] range = {Integer.MAX_VALUE, Integer.MIN_VALUE};
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int value : raster.getSamples(0, y, row.length, 1, 0, row)) {
        range[0] = Math.min(range[0], value);
        range[1] = Math.max(range[1], value);
      }
    }
    return range;
  }

  private static byte[] rgb(Raster raster) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    int shift = raster.getTransferType() == DataBuffer.TYPE_BYTE ? 0 : 8;
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[width * bands];
    for (int y = 0, i = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          rgb[i++] = (byte) (row[x * bands + c] >> shift);
        }
      }
    }
    return rgb;
  }
}
