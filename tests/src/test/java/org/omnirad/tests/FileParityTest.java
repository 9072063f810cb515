package org.omnirad.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.run.InputException;
import org.omnirad.tensor.NpyArray;
import org.omnirad.tensor.NpzFile;
import org.omnirad.tensor.NpzWriter;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;

/** Files that numpy and the safetensors package wrote are read, and ours are the same bytes. */
class FileParityTest {

  private static final Path FIXTURES =
      Repository.ROOT.resolve("tests/src/test/resources/org/omnirad/tests/parity");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void numpysArraysAreRead(String name) {
    NpzFile file = NpzFile.open(FIXTURES.resolve(name), folder);
    float[] numbers = new float[24];
    float[] thirds = new float[24];
    for (int i = 0; i < 24; i++) {
      numbers[i] = i;
      thirds[i] = i % 3 == 0 ? 1 : 0;
    }
    var others = List.of("bool", "scalar", "empty", "text");
    for (String array : file.names()) {
      if (!others.contains(array)) {
        file.get(array).expectShape(2, 3, 4);
        assertArrayEquals(numbers, file.get(array).floats(), array);
      }
    }
    assertEquals(17, file.names().size());
    assertArrayEquals(thirds, file.get("bool").floats());
    assertArrayEquals(new float[] {2.5f}, file.get("scalar").expectShape().floats());
    assertEquals(0, file.get("empty").expectShape(0, 5).size());
    assertEquals(List.of("scan 1", "", "\u00e9\ud83d\ude00"), file.get("text").strings());
  }

  @Test
  void pickledObjectsAreNotRead() {
    NpzFile file = NpzFile.open(FIXTURES.resolve("objects.npz"), folder);
    String message = assertThrows(InputException.class, () -> file.get("objects")).getMessage();
    assertTrue(message.contains("never unpickled"), message);
  }

  @Test
  void arraysAreTheBytesThatNumpyWrites() throws IOException {
    Path ours = folder.resolve("ours.npz");
    new NpzWriter()
        .compressed()
        .put("rows", new float[][] {{1.5f, -2}, {3, 4}})
        .put("labels", new int[] {3, 1}, 2)
        .put("ids", List.of("a", "bcd"))
        .write(ours);
    try (var zip = new ZipFile(ours.toFile())) {
      for (String name : List.of("rows.npy", "labels.npy", "ids.npy")) {
        try (var member = zip.getInputStream(zip.getEntry(name))) {
          assertArrayEquals(
              Files.readAllBytes(FIXTURES.resolve(name)), member.readAllBytes(), name);
        }
      }
    }
    assertArrayEquals(
        new float[][] {{1.5f, -2}, {3, 4}},
        NpyArray.open(FIXTURES.resolve("rows.npy")).floatRows());
  }

  @Test
  void everyTypeOfSafetensorsIsRead() {
    try (var file = SafetensorsFile.open(FIXTURES.resolve("every_type.safetensors"))) {
      assertArrayEquals(new float[] {1.5f, -2, 3, 4}, file.floats("weight"));
      assertArrayEquals(new long[] {-1, 5}, file.longs("steps"));
      assertArrayEquals(new byte[] {1, -1, 3}, file.bytes("bytes"));
      assertArrayEquals(new float[] {0.5f, 65504}, file.floats("half"));
      float[] brain = file.floats("brain");
      assertArrayEquals(new float[] {1, -3.140625f, Float.NaN}, Arrays.copyOf(brain, 3));
      assertEquals(3e38, brain[3], 1e36);
      assertEquals("pt", file.metadata().get("format"));
    }
  }

  @Test
  void safetensorsAreTheBytesThatThePythonPackageWrites() throws IOException {
    Path ours = folder.resolve("ours.safetensors");
    new SafetensorsWriter()
        .put("weight", new float[] {1.5f, -2, 3, 4}, 2, 2)
        .put("bias", new float[] {7}, 1)
        .put("steps", new long[] {-1, 5}, 2)
        .put("bytes", new byte[] {1, -1, 3}, 3)
        .write(ours);
    assertArrayEquals(
        Files.readAllBytes(FIXTURES.resolve("written.safetensors")), Files.readAllBytes(ours));
  }
}
