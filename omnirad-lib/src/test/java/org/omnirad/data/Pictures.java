package org.omnirad.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Small image files of every kind, for tests. The value of channel c at (x, y) is known. */
final class Pictures {

  static final int WIDTH = 40;
  static final int HEIGHT = 24;

  private Pictures() {}

  /** From 0 to 255, different in each channel. */
  static int value(int x, int y, int channel) {
    return (5 * x + 3 * y + 60 * channel) & 255;
  }

  /** A picture of one of {@link BufferedImage}'s types, its raster filled with {@link #value}. */
  static BufferedImage image(int type) {
    var image = new BufferedImage(WIDTH, HEIGHT, type);
    fill(image.getRaster(), 1);
    return image;
  }

  /** 16-bit grey that uses 12 bits, 100 and more. */
  static BufferedImage deepGrey() {
    var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_USHORT_GRAY);
    WritableRaster raster = image.getRaster();
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        raster.setSample(x, y, 0, 100 + 16 * value(x, y, 0));
      }
    }
    return image;
  }

  /** 16 colours: entry k is (k, 10 k, 255 - k); the index at (x, y) is (x + y) mod 16. */
  static BufferedImage palette() {
    byte[] r = new byte[16];
    byte[] g = new byte[16];
    byte[] b = new byte[16];
    for (int k = 0; k < 16; k++) {
      r[k] = (byte) k;
      g[k] = (byte) (10 * k);
      b[k] = (byte) (255 - k);
    }
    var model = new IndexColorModel(4, 16, r, g, b);
    var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_BINARY, model);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        image.getRaster().setSample(x, y, 0, (x + y) % 16);
      }
    }
    return image;
  }

  private static void fill(WritableRaster raster, int step) {
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        for (int c = 0; c < raster.getNumBands(); c++) {
          raster.setSample(x, y, c, value(x, y, c) * step);
        }
      }
    }
  }

  static byte[] encode(BufferedImage image, String format) {
    return encode(new IIOImage(image, null, null), format, null);
  }

  /** With one of the format's compression types, such as "LZW" of TIFF. */
  static byte[] encode(BufferedImage image, String format, String compression) {
    return encode(new IIOImage(image, null, null), format, compression);
  }

  /** A JPEG of four channels. */
  static byte[] fourChannelJpeg() {
    WritableRaster raster =
        Raster.createInterleavedRaster(java.awt.image.DataBuffer.TYPE_BYTE, WIDTH, HEIGHT, 4, null);
    fill(raster, 1);
    return encode(new IIOImage(raster, null, null), "jpeg", null);
  }

  static byte[] progressiveJpeg() {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    return write(writer, new IIOImage(image(BufferedImage.TYPE_3BYTE_BGR), null, null), param);
  }

  private static byte[] encode(IIOImage image, String format, String compression) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    if (format.equals("jpeg")) {
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(0.98f);
    } else if (compression != null) {
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionType(compression);
    }
    return write(writer, image, param);
  }

  private static byte[] write(ImageWriter writer, IIOImage image, ImageWriteParam param) {
    var out = new ByteArrayOutputStream();
    try (var stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, image, param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** A PNG made by hand: the rows as PNG stores them, each after its filter byte 0. */
  static byte[] png(int width, int height, int bits, int colourType, byte[] rows, byte[]... extra) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) bits).put((byte) colourType);
    out.writeBytes(chunk("IHDR", header.array()));
    for (byte[] chunk : extra) {
      out.writeBytes(chunk);
    }
    out.writeBytes(chunk("IDAT", deflate(rows)));
    out.writeBytes(chunk("IEND", new byte[0]));
    return out.toByteArray();
  }

  static byte[] chunk(String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(data.length + 12).putInt(data.length);
    chunk.put(type.getBytes(StandardCharsets.ISO_8859_1)).put(data);
    var crc = new CRC32();
    crc.update(chunk.array(), 4, data.length + 4);
    return chunk.putInt((int) crc.getValue()).array();
  }

  static byte[] deflate(byte[] data) {
    var out = new ByteArrayOutputStream();
    try (var deflater = new DeflaterOutputStream(out, new Deflater(9))) {
      deflater.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
