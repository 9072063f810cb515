package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.run.RandomSource;

class MappedBytesTest {

  @TempDir Path folder;

  @Test
  void readsCrossTheSegmentsOfTheMapping() throws IOException {
    byte[] content = new byte[1000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 7);
    }
    Path file = folder.resolve("x");
    Files.write(file, content);
    MappedBytes bytes = MappedBytes.of(file, 4).slice(3, 990);
    var random = new RandomSource(1).at(0, "reads");
    for (int i = 0; i < 500; i++) {
      int from = random.nextInt(990);
      int count = random.nextInt(990 - from + 1);
      assertArrayEquals(
          Arrays.copyOfRange(content, 3 + from, 3 + from + count), bytes.read(from, count));
    }
    assertArrayEquals(
        Arrays.copyOfRange(content, 13, 20), bytes.slice(5, 100).slice(5, 50).read(0, 7));
  }

  @Test
  void readsOutsideThePartAreRefused() throws IOException {
    Path file = folder.resolve("x");
    Files.write(file, new byte[100]);
    MappedBytes bytes = MappedBytes.of(file).slice(10, 20);
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.read(-1, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.read(15, 6));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.read(Long.MAX_VALUE, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(0, 21));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(1, Long.MAX_VALUE));
    assertEquals(0, bytes.read(20, 0).length);
  }

  @Test
  void anInterruptStopsTheOpeningOnly() throws IOException {
    Path file = folder.resolve("x");
    Files.write(file, new byte[100]);
    MappedBytes open = MappedBytes.of(file);
    Thread.currentThread().interrupt();
    try {
      assertEquals(100, open.read(0, 100).length);
      assertThrows(CancellationException.class, () -> MappedBytes.of(file));
      assertFalse(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
    assertEquals(0, open.read(0, 100)[99]);
  }
}
