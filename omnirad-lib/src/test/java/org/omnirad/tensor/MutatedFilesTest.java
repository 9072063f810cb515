package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;

/** Whatever is done to a valid file, it is read or refused, in little memory. */
class MutatedFilesTest {

  private static final int ROUNDS = 1500;

  /** Generous beside files of a few kilobytes, and far below what a believed claim would take. */
  private static final long MOST_BYTES = 32L << 20;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  @FunctionalInterface
  private interface Reader {
    void read(Path file);
  }

  private void assertReadOrRefused(byte[] valid, int endBytes, Reader reader) throws IOException {
    Path file = folder.resolve("x");
    Files.write(file, valid);
    reader.read(file);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] mutated = mutate(valid, endBytes, new RandomSource(11).at(round, "mutation"));
      Files.write(file, mutated);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        reader.read(file);
      } catch (InputException e) {
        refused++;
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertTrue(e.getMessage().length() < 1000, e.getMessage());
      } catch (Throwable e) {
        throw new AssertionError("round " + round + ": " + e, e);
      }
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < MOST_BYTES, "round " + round + " allocated " + allocated);
    }
    assertTrue(refused > ROUNDS / 3, refused + " were refused");
    assertTrue(refused < ROUNDS, "all were refused");
  }

  private static byte[] mutate(byte[] valid, int endBytes, SplittableRandom random) {
    byte[] bytes = valid.clone();
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times && bytes.length > 1; i++) {
      // Most changes hit the ends, where the claims stand.
      int end = Math.min(endBytes, bytes.length);
      int at =
          switch (random.nextInt(3)) {
            case 0 -> random.nextInt(end);
            case 1 -> bytes.length - 1 - random.nextInt(end);
            default -> random.nextInt(bytes.length);
          };
      bytes =
          switch (random.nextInt(6)) {
            case 0 -> flipped(bytes, at, 1 << random.nextInt(8));
            case 1 -> Arrays.copyOf(bytes, random.nextBoolean() ? at : bytes.length + at);
            case 2 -> spliced(bytes, at, random.nextInt(bytes.length), random.nextInt(64));
            case 3 -> filled(bytes, at, random.nextInt(9), random.nextBoolean() ? -1 : 0);
            case 4 -> otherDigit(bytes, at, random);
            default -> withInsertion(bytes, at, random);
          };
    }
    return bytes;
  }

  private static byte[] flipped(byte[] bytes, int at, int mask) {
    bytes[at] ^= (byte) mask;
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int to, int from, int count) {
    int n = Math.min(count, bytes.length - Math.max(to, from));
    System.arraycopy(bytes.clone(), from, bytes, to, n);
    return bytes;
  }

  private static byte[] filled(byte[] bytes, int at, int count, int value) {
    Arrays.fill(bytes, at, Math.min(bytes.length, at + count), (byte) value);
    return bytes;
  }

  /** Changes the next decimal digit, so that text stays text and says something else. */
  private static byte[] otherDigit(byte[] bytes, int at, SplittableRandom random) {
    for (int i = at; i < bytes.length; i++) {
      if (bytes[i] >= '0' && bytes[i] <= '9') {
        bytes[i] = (byte) ('0' + random.nextInt(10));
        break;
      }
    }
    return bytes;
  }

  private static byte[] withInsertion(byte[] bytes, int at, SplittableRandom random) {
    var pieces = List.of("9", "-", "0", "1e9", "\"", "[", "]", "{", ",", "00000000", "\\u0000");
    byte[] piece = pieces.get(random.nextInt(pieces.size())).getBytes(StandardCharsets.ISO_8859_1);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + piece.length);
    System.arraycopy(piece, 0, longer, at, piece.length);
    System.arraycopy(bytes, at, longer, at + piece.length, bytes.length - at);
    return longer;
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void safetensors() throws IOException {
    Path file = folder.resolve("valid");
    new SafetensorsWriter()
        .put("blocks.0.weight", new float[24], 2, 3, 4)
        .put("blocks.0.bias", new float[] {1, 2, 3}, 3)
        .put("step", new long[] {7})
        .put("picture", new byte[10], 2, 5)
        .metadata("note", "n")
        .write(file);
    byte[] valid = Files.readAllBytes(file);
    try (NDManager manager = NDManager.newBaseManager()) {
      assertReadOrRefused(valid, valid.length / 2, path -> readSafetensors(path, manager));
    }
  }

  private static void readSafetensors(Path path, NDManager manager) {
    try (var file = SafetensorsFile.open(path)) {
      file.metadata();
      for (String name : file.names()) {
        TensorInfo info = file.info(name);
        switch (info.type()) {
          case I64 -> assertEquals(info.size(), file.longs(name).length);
          case U8 -> assertEquals(info.size(), file.bytes(name).length);
          default -> assertEquals(info.size(), file.floats(name).length);
        }
        file.toArray(manager, name).close();
      }
    }
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void npy() throws IOException {
    byte[] header = NpyHeader.write(NpyType.FLOAT32, 4, 6, 5);
    byte[] valid = Arrays.copyOf(header, header.length + 120);
    assertReadOrRefused(valid, header.length, path -> readArray(NpyArray.open(path)));
  }

  private static void readArray(NpyArray array) {
    switch (array.type()) {
      case TEXT -> assertEquals(array.size(), array.strings().size());
      case FLOAT16, FLOAT32, FLOAT64 -> assertEquals(array.size(), array.floats().length);
      default -> assertEquals(array.size(), array.longs().length);
    }
    if (array.shape().length == 2 && array.type() != NpyType.TEXT) {
      assertEquals(array.rows(), array.floatRows().length);
    }
    if (array.rows() > 0) {
      array.row(array.rows() - 1);
    }
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void storedNpz() throws IOException {
    assertNpzReadOrRefused(writer());
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void deflatedNpz() throws IOException {
    assertNpzReadOrRefused(writer().compressed());
  }

  private static NpzWriter writer() {
    return new NpzWriter()
        .put("vectors", new float[5][7])
        .put("labels", new int[] {1, 2, 3, 4, 5}, 5)
        .put("ids", List.of("one", "two", "three", "four", "five"));
  }

  private void assertNpzReadOrRefused(NpzWriter writer) throws IOException {
    Path file = folder.resolve("valid");
    writer.write(file);
    byte[] valid = Files.readAllBytes(file);
    assertReadOrRefused(
        valid,
        200,
        path -> {
          NpzFile archive = NpzFile.open(path, folder.resolve("cache"));
          archive.names().forEach(name -> readArray(archive.get(name)));
        });
  }
}
