package org.omnirad.tensor;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.omnirad.run.InputException;

/**
 * An array of an npy or npz file, memory-mapped and read where and when it is asked for; it may
 * exceed 2 GiB and the heap. Whatever the order in the file, indices and results are in C order:
 * the last axis runs fastest. Safe for use by several threads.
 *
 * <p>A row is what one index of the first axis selects.
 */
public final class NpyArray {

  private static final int CHUNK_ELEMENTS = 1 << 13;

  private final String name;
  private final NpyHeader header;
  private final MappedBytes data;

  private NpyArray(String name, NpyHeader header, MappedBytes data) {
    this.name = name;
    this.header = header;
    this.data = data;
  }

  /**
   * Opens an npy file.
   *
   * @throws InputException where it is missing, damaged, or holds objects or structures
   */
  public static NpyArray open(Path path) {
    return of(MappedBytes.of(path), String.valueOf(path.getFileName()));
  }

  static NpyArray of(MappedBytes bytes, String name) {
    NpyHeader header = NpyHeader.read(bytes, "array '" + name + "'");
    long offset = header.dataOffset();
    return new NpyArray(name, header, bytes.slice(offset, bytes.length() - offset));
  }

  /** The array's name in an npz file, or the name of its npy file. */
  public String name() {
    return name;
  }

  /** The element type. */
  public NpyType type() {
    return header.type();
  }

  /** The lengths of the axes; empty for a scalar. */
  public long[] shape() {
    return header.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** The number of elements. */
  public long size() {
    return header.size();
  }

  /** The length of the first axis; 1 for a scalar. */
  public long rows() {
    return header.shape().isEmpty() ? 1 : header.shape().get(0);
  }

  /** The number of elements of one row: the product of the other axes. */
  public long rowSize() {
    return header.shape().stream().skip(1).reduce(1L, (a, b) -> a * b);
  }

  /**
   * Checks the element type.
   *
   * @return this array
   * @throws InputException where it is none of {@code types}
   */
  public NpyArray expectType(NpyType... types) {
    if (!List.of(types).contains(type())) {
      throw refuse(
          "is of type %s, expected %s.".formatted(type(), List.of(types)),
          "Check that this is the right file.");
    }
    return this;
  }

  /**
   * Checks the shape.
   *
   * @param shape the expected length of each axis, -1 where any will do
   * @return this array
   * @throws InputException where it is another
   */
  public NpyArray expectShape(long... shape) {
    long[] found = shape();
    boolean fits = found.length == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] == -1 || shape[i] == found[i];
    }
    if (!fits) {
      throw refuse(
          "has the shape %s, expected %s (-1 is any)."
              .formatted(Arrays.toString(found), Arrays.toString(shape)),
          "Check that this is the right file.");
    }
    return this;
  }

  /**
   * Copies the bytes of one row, elements in C order and as they stand in the file.
   *
   * @param into as long as the row: {@link #rowSize} times the bytes of an element
   */
  public void readRow(long row, byte[] into) {
    Objects.checkIndex(row, rows());
    if (into.length != Math.multiplyExact(rowSize(), header.elementBytes())) {
      throw new IllegalArgumentException(
          "%d bytes for a row of %d elements of %d bytes"
              .formatted(into.length, rowSize(), header.elementBytes()));
    }
    copy(row * rowSize(), Math.toIntExact(rowSize()), into);
  }

  /** The bytes of one row; as {@link #readRow}. */
  public byte[] row(long row) {
    HeapSpace.require(data.file(), "a row of '" + name + "'", rowSize(), header.elementBytes());
    var into = new byte[Math.toIntExact(Math.multiplyExact(rowSize(), header.elementBytes()))];
    readRow(row, into);
    return into;
  }

  /**
   * All elements as the bytes they are; each is unsigned for uint8.
   *
   * @throws InputException where the type is not bool, int8 or uint8
   */
  public byte[] bytes() {
    expectType(NpyType.UINT8, NpyType.INT8, NpyType.BOOL);
    var values = new byte[arrayLength(1)];
    copy(0, values.length, values);
    return values;
  }

  /**
   * All elements as floats, rounded where the type is wider; truth values are 0 and 1.
   *
   * @throws InputException where the type is text, or the heap too small
   */
  public float[] floats() {
    var values = new float[arrayLength(Float.BYTES)];
    read(0, values, 0, values.length);
    return values;
  }

  /**
   * An N x D array as rows of floats; as {@link #floats}.
   *
   * @throws InputException also where there are not two axes
   */
  public float[][] floatRows() {
    expectShape(-1, -1);
    var rows = new float[rowCount(Float.BYTES)][(int) rowSize()];
    for (int i = 0; i < rows.length; i++) {
      read(i * rowSize(), rows[i], 0, rows[i].length);
    }
    return rows;
  }

  /**
   * All elements as integers.
   *
   * @throws InputException where the type is no integer type, or a value exceeds 64 signed bits
   */
  public long[] longs() {
    requireInteger();
    var values = new long[arrayLength(Long.BYTES)];
    forEachChunk(
        0,
        values.length,
        (chunk, at, n) -> {
          for (int i = 0; i < n; i++) {
            values[at + i] = integer(chunk, i);
          }
        });
    return values;
  }

  /**
   * All elements as integers.
   *
   * @throws InputException where the type is no integer type, or a value exceeds 32 signed bits
   */
  public int[] ints() {
    requireInteger();
    var values = new int[arrayLength(Integer.BYTES)];
    read(0, values);
    return values;
  }

  /**
   * An N x D array as rows of integers; as {@link #ints}.
   *
   * @throws InputException also where there are not two axes
   */
  public int[][] intRows() {
    expectShape(-1, -1);
    requireInteger();
    var rows = new int[rowCount(Integer.BYTES)][(int) rowSize()];
    for (int i = 0; i < rows.length; i++) {
      read(i * rowSize(), rows[i]);
    }
    return rows;
  }

  /**
   * All elements as text, without the padding.
   *
   * @throws InputException where the type is not text, or a character is none
   */
  public List<String> strings() {
    expectType(NpyType.TEXT);
    var values = new String[arrayLength(header.elementBytes() + 64)];
    var element = new byte[header.elementBytes()];
    for (int i = 0; i < values.length; i++) {
      copy(i, 1, element);
      values[i] = text(ByteBuffer.wrap(element).order(header.order()));
    }
    return List.of(values);
  }

  private InputException refuse(String cause, String remedy) {
    return InputException.of(data.file(), "array '" + name + "' " + cause, remedy);
  }

  private void requireInteger() {
    if (!type().isInteger()) {
      throw refuse("is of type " + type() + ", expected integers.", "Check the array's name.");
    }
  }

  private int arrayLength(int elementBytes) {
    HeapSpace.require(data.file(), "array '" + name + "'", size(), elementBytes);
    return (int) size();
  }

  /** Rows may be many while elements are none, so each row counts with what its array costs. */
  private int rowCount(int elementBytes) {
    arrayLength(elementBytes);
    HeapSpace.require(data.file(), "array '" + name + "'", rows(), 32);
    HeapSpace.require(data.file(), "array '" + name + "'", rowSize(), elementBytes);
    return (int) rows();
  }

  private void read(long first, float[] into, int offset, int count) {
    if (type() == NpyType.TEXT) {
      throw refuse("is text, expected numbers.", "Check the array's name.");
    }
    forEachChunk(
        first,
        count,
        (chunk, at, n) -> {
          if (type() == NpyType.FLOAT32) {
            chunk.asFloatBuffer().get(into, offset + at, n);
          } else {
            for (int i = 0; i < n; i++) {
              into[offset + at + i] = real(chunk, i);
            }
          }
        });
  }

  private void read(long first, int[] into) {
    forEachChunk(
        first,
        into.length,
        (chunk, at, n) -> {
          for (int i = 0; i < n; i++) {
            long value = integer(chunk, i);
            if (value != (int) value) {
              throw refuse("holds " + value + ", too large for 32 bits.", "Check the file.");
            }
            into[at + i] = (int) value;
          }
        });
  }

  private float real(ByteBuffer chunk, int i) {
    return switch (type()) {
      case FLOAT16 -> Float.float16ToFloat(chunk.getShort(2 * i));
      case FLOAT32 -> chunk.getFloat(4 * i);
      case FLOAT64 -> (float) chunk.getDouble(8 * i);
      default -> integer(chunk, i);
    };
  }

  private long integer(ByteBuffer chunk, int i) {
    return switch (type()) {
      case BOOL -> chunk.get(i) == 0 ? 0 : 1;
      case INT8 -> chunk.get(i);
      case UINT8 -> Byte.toUnsignedLong(chunk.get(i));
      case INT16 -> chunk.getShort(2 * i);
      case UINT16 -> Short.toUnsignedLong(chunk.getShort(2 * i));
      case INT32 -> chunk.getInt(4 * i);
      case UINT32 -> Integer.toUnsignedLong(chunk.getInt(4 * i));
      case INT64 -> chunk.getLong(8 * i);
      case UINT64 -> {
        long value = chunk.getLong(8 * i);
        if (value < 0) {
          throw refuse(
              "holds " + Long.toUnsignedString(value) + ", too large for 64 signed bits.",
              "Check the file.");
        }
        yield value;
      }
      default -> throw new IllegalStateException(type() + " is no integer");
    };
  }

  private String text(ByteBuffer element) {
    var text = new StringBuilder();
    int end = element.limit() / Integer.BYTES;
    while (end > 0 && element.getInt((end - 1) * Integer.BYTES) == 0) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      int character = element.getInt(i * Integer.BYTES);
      if (!Character.isValidCodePoint(character)) {
        throw refuse("holds the character " + character + ", which is none.", "Check the file.");
      }
      text.appendCodePoint(character);
    }
    return text.toString();
  }

  /** Receives {@code n} elements, the first of which is number {@code at} of those asked for. */
  @FunctionalInterface
  private interface ChunkReader {
    void read(ByteBuffer chunk, int at, int n);
  }

  private void forEachChunk(long first, int count, ChunkReader reader) {
    int width = header.elementBytes();
    var chunk = new byte[Math.min(CHUNK_ELEMENTS, Math.max(1, count)) * width];
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(header.order());
    for (int done = 0; done < count; ) {
      int n = Math.min(count - done, chunk.length / width);
      copy(first + done, n, chunk);
      reader.read(buffer, done, n);
      done += n;
    }
  }

  /** Copies the bytes of {@code count} elements from number {@code first} on, in C order. */
  private void copy(long first, int count, byte[] into) {
    int width = header.elementBytes();
    if (!header.fortran() || header.shape().size() < 2) {
      data.read(first * width, into, 0, count * width);
      return;
    }
    for (int i = 0; i < count; i++) {
      data.read(fortranIndex(first + i) * width, into, i * width, width);
    }
  }

  /** Where an element of a C order index stands when the first axis runs fastest. */
  private long fortranIndex(long index) {
    long rest = index;
    long stride = header.size();
    long found = 0;
    for (int axis = header.shape().size() - 1; axis >= 0; axis--) {
      long length = header.shape().get(axis);
      stride /= length;
      found += rest % length * stride;
      rest /= length;
    }
    return found;
  }
}
