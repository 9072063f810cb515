package org.omnirad.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.omnirad.run.InputException;

/**
 * A safetensors file, memory-mapped: opening reads the header only, and a tensor's bytes are read
 * when they are asked for. Files and tensors may exceed 2 GiB. Safe for use by several threads.
 *
 * <pre>{@code
 * try (var file = SafetensorsFile.open(path)) {
 *   float[] token = file.floats("cls_token");
 * }
 * }</pre>
 *
 * <p>Every field of the header is checked on opening. A file that another process cuts while it is
 * open is refused when the missing part is read.
 */
public final class SafetensorsFile implements AutoCloseable {

  private static final int CHUNK_BYTES = 1 << 16;
  private static final long SCRATCH_ELEMENTS = 1 << 21;

  private final Path path;
  private final SafetensorsHeader header;
  private volatile MappedBytes bytes;
  private ByteBuffer scratch = ByteBuffer.allocateDirect(0);

  private SafetensorsFile(Path path, SafetensorsHeader header, MappedBytes bytes) {
    this.path = path;
    this.header = header;
    this.bytes = bytes;
  }

  /**
   * Opens a file.
   *
   * @throws InputException where it is missing, unreadable, or not a correct safetensors file
   */
  public static SafetensorsFile open(Path path) {
    return open(path, MappedBytes.of(path));
  }

  /**
   * A file that stands in memory.
   *
   * @param path its name in messages
   * @throws InputException where it is not a correct safetensors file
   */
  public static SafetensorsFile of(Path path, byte[] content) {
    return open(path, MappedBytes.of(path, content));
  }

  static SafetensorsFile open(Path path, MappedBytes bytes) {
    SafetensorsHeader header = SafetensorsHeader.read(bytes);
    long data = header.tensors().values().stream().mapToLong(e -> e.end()).max().orElse(0);
    return new SafetensorsFile(path, header, bytes.slice(bytes.length() - data, data));
  }

  /** The file's path. */
  public Path path() {
    return path;
  }

  /** The names of all tensors, sorted. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(header.tensors().keySet()));
  }

  /** The {@code __metadata__} entries; empty where there are none. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** Whether the file holds a tensor of that name. */
  public boolean contains(String name) {
    return header.tensors().containsKey(name);
  }

  /**
   * Type and shape of a tensor.
   *
   * @throws InputException where the file lacks it; the message names the nearest
   */
  public TensorInfo info(String name) {
    return entry(name).info();
  }

  /**
   * Checks a tensor's shape.
   *
   * @param shape the expected length of each axis, -1 where any will do
   * @return this file
   * @throws InputException where the file lacks the tensor or has it in another shape
   */
  public SafetensorsFile expectShape(String name, long... shape) {
    long[] found = info(name).shape().getShape();
    boolean fits = found.length == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] == -1 || shape[i] == found[i];
    }
    if (!fits) {
      throw InputException.of(
          path,
          "tensor '%s' has the shape %s, expected %s."
              .formatted(name, Arrays.toString(found), Arrays.toString(shape)),
          "The file belongs to another architecture: check the configuration.");
    }
    return this;
  }

  /**
   * The values of an F32, F16 or BF16 tensor, in C order.
   *
   * @throws InputException where the file lacks it, has it in another type, or it has more elements
   *     than a Java array can hold
   */
  public float[] floats(String name) {
    return floats(name, 0, arrayLength(name, Float.BYTES));
  }

  /**
   * A part of the values of an F32, F16 or BF16 tensor, in C order.
   *
   * @param first index of the first element, of the flattened tensor
   * @param count number of elements
   * @throws InputException where the file lacks the tensor or has it in another type
   */
  public float[] floats(String name, long first, int count) {
    SafetensorsHeader.Entry entry = entry(name);
    if (!entry.info().type().isReadableFloat()) {
      throw wrongType(name, "F32, F16 or BF16");
    }
    Objects.checkFromIndexSize(first, count, entry.info().size());
    var values = new float[count];
    decode(entry, first, FloatBuffer.wrap(values));
    return values;
  }

  /**
   * The values of an I64 tensor, in C order.
   *
   * @throws InputException as for {@link #floats(String)}
   */
  public long[] longs(String name) {
    SafetensorsHeader.Entry entry = expectType(name, TensorType.I64);
    var values = new long[arrayLength(name, Long.BYTES)];
    var chunk = new byte[CHUNK_BYTES];
    for (int done = 0; done < values.length; ) {
      int n = Math.min(values.length - done, CHUNK_BYTES / Long.BYTES);
      data().read(entry.begin() + (long) done * Long.BYTES, chunk, 0, n * Long.BYTES);
      ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values, done, n);
      done += n;
    }
    return values;
  }

  /**
   * The values of a U8 tensor, in C order; each byte is unsigned.
   *
   * @throws InputException as for {@link #floats(String)}
   */
  public byte[] bytes(String name) {
    SafetensorsHeader.Entry entry = expectType(name, TensorType.U8);
    return data().read(entry.begin(), arrayLength(name, 1));
  }

  /**
   * A tensor as an array of its own, which may be changed in place: F32, F16 and BF16 as float32,
   * I64 as int64, U8 as uint8.
   *
   * @param manager owner of the array
   * @throws InputException where the file lacks the tensor or has it in another type
   */
  public synchronized NDArray toArray(NDManager manager, String name) {
    SafetensorsHeader.Entry entry = entry(name);
    TensorInfo info = entry.info();
    DataType type =
        switch (info.type()) {
          case F32, F16, BF16 -> DataType.FLOAT32;
          case I64 -> DataType.INT64;
          case U8 -> DataType.UINT8;
          default -> throw wrongType(name, "F32, F16, BF16, I64 or U8");
        };
    int scratchElements = (int) Math.min(info.size(), SCRATCH_ELEMENTS);
    ByteBuffer scratch = scratch(scratchElements * type.getNumOfBytes());
    try (NDArray flat = manager.create(new Shape(info.size()), type)) {
      for (long done = 0; done < info.size(); ) {
        int n = (int) Math.min(info.size() - done, scratchElements);
        scratch.clear().limit(n * type.getNumOfBytes());
        fill(scratch, entry, done);
        try (NDArray piece = manager.create(scratch, new Shape(n), type)) {
          flat.set(new NDIndex("{}:{}", done, done + n), piece);
        }
        done += n;
      }
      return flat.reshape(info.shape());
    }
  }

  // One for all tensors: direct memory is freed late, and a model has hundreds of tensors.
  private ByteBuffer scratch(int bytes) {
    if (scratch.capacity() < bytes) {
      scratch = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    return scratch;
  }

  /**
   * As {@link #toArray(NDManager, String)}, for one expected shape.
   *
   * @throws InputException also where the tensor has another shape
   */
  public NDArray toArray(NDManager manager, String name, Shape shape) {
    return expectShape(name, shape.getShape()).toArray(manager, name);
  }

  /** Lets go of the mapping; nothing can be read afterwards. */
  @Override
  public void close() {
    bytes = null;
  }

  private MappedBytes data() {
    MappedBytes data = bytes;
    if (data == null) {
      throw new IllegalStateException(path + " is closed");
    }
    return data;
  }

  private SafetensorsHeader.Entry entry(String name) {
    SafetensorsHeader.Entry entry = header.tensors().get(name);
    if (entry == null) {
      throw InputException.of(
          path,
          "there is no tensor '" + name + "'.",
          NearNames.sentence(name, header.tensors().keySet()));
    }
    return entry;
  }

  private SafetensorsHeader.Entry expectType(String name, TensorType type) {
    SafetensorsHeader.Entry entry = entry(name);
    if (entry.info().type() != type) {
      throw wrongType(name, type.name());
    }
    return entry;
  }

  private InputException wrongType(String name, String expected) {
    return InputException.of(
        path,
        "tensor '%s' is of type %s, expected %s.".formatted(name, info(name).type(), expected),
        "Convert it in Python before saving.");
  }

  private int arrayLength(String name, int elementBytes) {
    long size = info(name).size();
    HeapSpace.require(path, "tensor '" + name + "'", size, elementBytes);
    return (int) size;
  }

  private void fill(ByteBuffer scratch, SafetensorsHeader.Entry entry, long first) {
    switch (entry.info().type()) {
      case U8 -> scratch.put(data().read(entry.begin() + first, scratch.remaining())).flip();
      case I64 -> {
        var raw =
            ByteBuffer.wrap(data().read(entry.begin() + first * Long.BYTES, scratch.remaining()));
        scratch.asLongBuffer().put(raw.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer());
      }
      default -> decode(entry, first, scratch.asFloatBuffer());
    }
  }

  /** Converts elements from {@code first} on until the buffer is full. */
  private void decode(SafetensorsHeader.Entry entry, long first, FloatBuffer into) {
    TensorType type = entry.info().type();
    var chunk = new byte[CHUNK_BYTES];
    ByteBuffer raw = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    long at = first;
    while (into.hasRemaining()) {
      int n = Math.min(into.remaining(), CHUNK_BYTES / type.bytes());
      data().read(entry.begin() + at * type.bytes(), chunk, 0, n * type.bytes());
      switch (type) {
        case F32 -> into.put(raw.asFloatBuffer().limit(n));
        case F16 -> {
          for (int i = 0; i < n; i++) {
            into.put(Float.float16ToFloat(raw.getShort(2 * i)));
          }
        }
        case BF16 -> {
          for (int i = 0; i < n; i++) {
            into.put(Float.intBitsToFloat(raw.getShort(2 * i) << 16));
          }
        }
        default -> throw new IllegalArgumentException(type + " is no readable float");
      }
      at += n;
    }
  }
}
