package org.omnirad.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.omnirad.run.AtomicFiles;

/**
 * Writes a numpy npz archive, whole or not at all. Equal arrays give equal files, byte by byte.
 *
 * <pre>{@code
 * new NpzWriter().put("vectors", vectors).put("ids", ids).write(path);
 * }</pre>
 */
public final class NpzWriter {

  /** The earliest time of the format; a real one would make equal content differ. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final Map<String, Content> arrays = new LinkedHashMap<>();
  private boolean compressed;

  @FunctionalInterface
  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** An archive without arrays, which stores them as they are. */
  public NpzWriter() {}

  /** Deflates the arrays. */
  public NpzWriter compressed() {
    compressed = true;
    return this;
  }

  /**
   * Adds float32 values, in C order; the array is read when the file is written.
   *
   * @throws IllegalArgumentException where the shape does not hold as many or the name is taken
   */
  public NpzWriter put(String name, float[] values, long... shape) {
    return put(name, NpyType.FLOAT32, values.length, shape, out -> LittleEndian.write(values, out));
  }

  /** Adds int32 values; as {@link #put(String, float[], long...)}. */
  public NpzWriter put(String name, int[] values, long... shape) {
    return put(name, NpyType.INT32, values.length, shape, out -> LittleEndian.write(values, out));
  }

  /** Adds int64 values; as {@link #put(String, float[], long...)}. */
  public NpzWriter put(String name, long[] values, long... shape) {
    return put(name, NpyType.INT64, values.length, shape, out -> LittleEndian.write(values, out));
  }

  /** Adds uint8 values; as {@link #put(String, float[], long...)}. */
  public NpzWriter put(String name, byte[] values, long... shape) {
    return put(name, NpyType.UINT8, values.length, shape, out -> out.write(values));
  }

  /**
   * Adds rows of float32 values as an array of shape N x D.
   *
   * @throws IllegalArgumentException where the rows differ in length or the name is taken
   */
  public NpzWriter put(String name, float[][] rows) {
    int width = rows.length == 0 ? 0 : rows[0].length;
    for (float[] row : rows) {
      requireWidth(name, width, row.length);
    }
    return put(
        name,
        NpyType.FLOAT32,
        (long) rows.length * width,
        new long[] {rows.length, width},
        out -> {
          for (float[] row : rows) {
            LittleEndian.write(row, out);
          }
        });
  }

  /** Adds rows of int32 values as an array of shape N x D; as {@link #put(String, float[][])}. */
  public NpzWriter put(String name, int[][] rows) {
    int width = rows.length == 0 ? 0 : rows[0].length;
    for (int[] row : rows) {
      requireWidth(name, width, row.length);
    }
    return put(
        name,
        NpyType.INT32,
        (long) rows.length * width,
        new long[] {rows.length, width},
        out -> {
          for (int[] row : rows) {
            LittleEndian.write(row, out);
          }
        });
  }

  /** Adds texts as an array of fixed width; trailing zero characters are lost, as in numpy. */
  public NpzWriter put(String name, List<String> texts) {
    int[][] characters = texts.stream().map(t -> t.codePoints().toArray()).toArray(int[][]::new);
    int width = 1;
    for (int[] text : characters) {
      width = Math.max(width, text.length);
    }
    int columns = width;
    byte[] header = NpyHeader.write(NpyType.TEXT, columns * Integer.BYTES, texts.size());
    return put(
        name,
        out -> {
          out.write(header);
          for (int[] text : characters) {
            int[] padded = java.util.Arrays.copyOf(text, columns);
            LittleEndian.write(padded, out);
          }
        });
  }

  /**
   * Writes the file, replacing one of that name.
   *
   * @throws java.io.UncheckedIOException where writing fails; {@code target} is then as it was
   */
  public void write(Path target) {
    AtomicFiles.write(
        target,
        out -> {
          var zip = new ZipOutputStream(out);
          for (var array : arrays.entrySet()) {
            var entry = new ZipEntry(array.getKey() + ".npy");
            entry.setTimeLocal(TIME);
            if (!compressed) {
              describeStored(entry, array.getValue());
            }
            zip.putNextEntry(entry);
            array.getValue().write(zip);
            zip.closeEntry();
          }
          zip.finish();
        });
  }

  /** A stored entry's size and CRC stand before its bytes. */
  private static void describeStored(ZipEntry entry, Content content) throws IOException {
    var counted =
        new OutputStream() {
          long count;

          @Override
          public void write(int b) {
            count++;
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            count += length;
          }
        };
    var checked = new CheckedOutputStream(counted, new CRC32());
    content.write(checked);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(counted.count);
    entry.setCompressedSize(counted.count);
    entry.setCrc(checked.getChecksum().getValue());
  }

  private NpzWriter put(String name, NpyType type, long count, long[] shape, Content content) {
    long size = 1;
    for (long axis : shape) {
      size = Math.multiplyExact(size, axis);
    }
    if (size != count) {
      throw new IllegalArgumentException(
          "%s has %d values for the shape %s"
              .formatted(name, count, java.util.Arrays.toString(shape)));
    }
    byte[] header = NpyHeader.write(type, type.bytes(), shape);
    return put(
        name,
        out -> {
          out.write(header);
          content.write(out);
        });
  }

  private NpzWriter put(String name, Content content) {
    if (arrays.putIfAbsent(name, content) != null) {
      throw new IllegalArgumentException("the name '" + name + "' is taken");
    }
    return this;
  }

  private static void requireWidth(String name, int width, int found) {
    if (width != found) {
      throw new IllegalArgumentException(
          "%s has rows of %d and %d values".formatted(name, width, found));
    }
  }
}
