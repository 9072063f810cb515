package org.omnirad.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.Md5;

/**
 * Writes a safetensors file, whole or not at all, tensor by tensor without a copy of everything.
 * Equal tensors and metadata give equal files, byte by byte.
 *
 * <pre>{@code
 * new SafetensorsWriter().put("cls_token", array).metadata("architecture", "vit_small").write(path);
 * }</pre>
 */
public final class SafetensorsWriter {

  private static final long ARRAY_CHUNK_ELEMENTS = 1 << 21;
  private static final int HEADER_ALIGNMENT = 8;

  /** One tensor and how its elements become little-endian bytes. */
  private record Tensor(TensorType type, Shape shape, Content content) {

    long bytes() {
      return shape.size() * type.bytes();
    }
  }

  @FunctionalInterface
  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  private final Map<String, Tensor> tensors = new TreeMap<>();
  private final Map<String, String> metadata = new TreeMap<>(Map.of("format", "pt"));

  /** A file without tensors, whose metadata says that the tensors are PyTorch's. */
  public SafetensorsWriter() {}

  /**
   * Adds an array of type float32, float16, int64 or uint8; it is read when the file is written.
   *
   * @throws IllegalArgumentException where the type is another or the name is taken
   */
  public SafetensorsWriter put(String name, NDArray array) {
    TensorType type =
        switch (array.getDataType()) {
          case FLOAT32 -> TensorType.F32;
          case FLOAT16 -> TensorType.F16;
          case INT64 -> TensorType.I64;
          case UINT8 -> TensorType.U8;
          default ->
              throw new IllegalArgumentException(
                  "%s is of type %s, expected float32, float16, int64 or uint8"
                      .formatted(name, array.getDataType()));
        };
    return put(
        name, new Tensor(type, array.getShape(), out -> write(array, array.getDataType(), out)));
  }

  /**
   * Adds a float32 array as {@code F32}, or rounded to {@code F16}; it is read when the file is
   * written.
   *
   * @throws IllegalArgumentException where a type is another or the name is taken
   */
  public SafetensorsWriter put(String name, NDArray array, TensorType type) {
    DataType stored =
        switch (type) {
          case F32 -> DataType.FLOAT32;
          case F16 -> DataType.FLOAT16;
          default ->
              throw new IllegalArgumentException(
                  "%s is to be written as %s, expected F32 or F16".formatted(name, type));
        };
    if (array.getDataType() != DataType.FLOAT32) {
      throw new IllegalArgumentException(
          "%s is of type %s, expected float32".formatted(name, array.getDataType()));
    }
    return put(name, new Tensor(type, array.getShape(), out -> write(array, stored, out)));
  }

  /**
   * Adds 32-bit floats, in C order; the array is read when the file is written.
   *
   * @throws IllegalArgumentException where the shape does not hold as many or the name is taken
   */
  public SafetensorsWriter put(String name, float[] values, long... shape) {
    requireSize(name, values.length, shape);
    return put(
        name, new Tensor(TensorType.F32, new Shape(shape), out -> LittleEndian.write(values, out)));
  }

  /** Adds 64-bit integers; as {@link #put(String, float[], long...)}. */
  public SafetensorsWriter put(String name, long[] values, long... shape) {
    requireSize(name, values.length, shape);
    return put(
        name, new Tensor(TensorType.I64, new Shape(shape), out -> LittleEndian.write(values, out)));
  }

  /** Adds unsigned bytes; as {@link #put(String, float[], long...)}. */
  public SafetensorsWriter put(String name, byte[] values, long... shape) {
    requireSize(name, values.length, shape);
    return put(name, new Tensor(TensorType.U8, new Shape(shape), out -> out.write(values)));
  }

  /** Adds a metadata entry, or replaces it. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /**
   * Writes the file, replacing one of that name.
   *
   * @return the md5 of its bytes, in hexadecimal digits
   * @throws java.io.UncheckedIOException where writing fails; {@code target} is then as it was
   */
  public String write(Path target) {
    // Wide types first keeps every tensor aligned, which PyTorch asks of mapped memory.
    List<Map.Entry<String, Tensor>> order =
        tensors.entrySet().stream()
            .sorted(Comparator.comparingInt(e -> -e.getValue().type().bytes()))
            .toList();
    byte[] header = header(order);
    MessageDigest md5 = Md5.digest();
    AtomicFiles.write(
        target,
        file -> {
          var out = new DigestOutputStream(file, md5);
          out.write(
              ByteBuffer.allocate(Long.BYTES)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .putLong(header.length)
                  .array());
          out.write(header);
          for (var tensor : order) {
            tensor.getValue().content().write(out);
          }
        });
    return Md5.hex(md5);
  }

  private SafetensorsWriter put(String name, Tensor tensor) {
    if (name.equals(SafetensorsHeader.METADATA) || tensors.putIfAbsent(name, tensor) != null) {
      throw new IllegalArgumentException("the name '" + name + "' is taken");
    }
    return this;
  }

  private static void requireSize(String name, int length, long[] shape) {
    if (new Shape(shape).size() != length) {
      throw new IllegalArgumentException(
          "%s has %d values for the shape %s".formatted(name, length, new Shape(shape)));
    }
  }

  private byte[] header(List<Map.Entry<String, Tensor>> order) {
    var json = new StringBuilder("{");
    appendQuoted(json, SafetensorsHeader.METADATA).append(":{");
    String separator = "";
    for (var entry : metadata.entrySet()) {
      appendQuoted(json.append(separator), entry.getKey()).append(':');
      appendQuoted(json, entry.getValue());
      separator = ",";
    }
    json.append('}');
    long offset = 0;
    for (var entry : order) {
      Tensor tensor = entry.getValue();
      long end = offset + tensor.bytes();
      appendQuoted(json.append(','), entry.getKey())
          .append(":{\"dtype\":\"")
          .append(tensor.type())
          .append("\",\"shape\":")
          .append(java.util.Arrays.toString(tensor.shape().getShape()).replace(" ", ""))
          .append(",\"data_offsets\":[%d,%d]}".formatted(offset, end));
      offset = end;
    }
    json.append('}');
    int bytes = json.toString().getBytes(StandardCharsets.UTF_8).length;
    json.append(" ".repeat(-bytes & (HEADER_ALIGNMENT - 1)));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static StringBuilder appendQuoted(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"');
  }

  private static void write(NDArray array, DataType type, OutputStream out) throws IOException {
    long size = array.size();
    try (NDArray flat = array.flatten()) {
      for (long done = 0; done < size; done += ARRAY_CHUNK_ELEMENTS) {
        long end = Math.min(size, done + ARRAY_CHUNK_ELEMENTS);
        try (NDArray piece = flat.get(new NDIndex("{}:{}", done, end));
            NDArray converted = piece.toType(type, true)) {
          out.write(converted.toByteArray());
        }
      }
    }
  }
}
