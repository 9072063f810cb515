package org.omnirad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.run.InputException;

class CheckpointsTest {

  @TempDir Path folder;
  private NDManager manager;
  private NDArray weight;
  private Checkpoints checkpoints;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
    weight = manager.create(new float[] {1, 2, 3});
    checkpoints = new Checkpoints(folder.resolve("checkpoints"));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private void write(long step, Double score) {
    weight.set(new float[] {step, -step, 0.1f});
    checkpoints.write(
        step,
        Optional.ofNullable(score),
        Map.of("model", Map.of("w", weight)),
        Map.of("tiny", 1e-300 * step));
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder.resolve("checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void comesBackAsWritten() {
    assertEquals(Optional.empty(), checkpoints.last());
    assertEquals(Optional.empty(), checkpoints.best());
    write(7, 0.5);
    Checkpoint last = checkpoints.last().orElseThrow();
    assertEquals(7, last.step());
    assertEquals(0.5, last.score());
    assertEquals(Map.of("tiny", 7e-300), last.values());
    NDArray target = manager.zeros(weight.getShape());
    checkpoints.restore(last, "model", Map.of("w", target));
    assertArrayEquals(new float[] {7, -7, 0.1f}, target.toFloatArray());
  }

  @Test
  void anArrayOfAnotherShapeOrNameIsRefused() {
    write(7, null);
    Checkpoint last = checkpoints.last().orElseThrow();
    assertThrows(
        InputException.class,
        () ->
            checkpoints.restore(
                last, "model", Map.of("w", manager.zeros(new ai.djl.ndarray.types.Shape(4)))));
    assertThrows(
        InputException.class, () -> checkpoints.restore(last, "model", Map.of("v", weight)));
  }

  @Test
  void theLastThreeAndTheBestAreKept() throws IOException {
    Double[] scores = {0.1, 0.9, null, 0.3, 0.9, 0.2, null, 0.4, null, 0.5};
    for (int i = 0; i < scores.length; i++) {
      write(5L * i, scores[i]);
    }
    // Of two that are equally good the later one.
    assertEquals(
        List.of("step-00000020", "step-00000035", "step-00000040", "step-00000045"), names());
    assertEquals(20, checkpoints.best().orElseThrow().step());
    assertEquals(45, checkpoints.last().orElseThrow().step());
  }

  @Test
  void theSameStepIsReplaced() throws IOException {
    write(3, null);
    write(3, 0.7);
    assertEquals(List.of("step-00000003"), names());
    assertEquals(0.7, checkpoints.last().orElseThrow().score());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "checkpoint.json"})
  void aMissingFileIsRefusedWithTheRemedy(String name) throws IOException {
    write(1, null);
    write(2, null);
    Path file = folder.resolve("checkpoints/step-00000002").resolve(name);
    Files.delete(file);
    var e = assertThrows(InputException.class, () -> checkpoints.last());
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertTrue(
        e.getMessage()
            .contains("delete the folder " + file.getParent() + " to go on from step-00000001"),
        e.getMessage());
  }

  @Test
  void aDamagedFileIsRefusedWithTheRemedy() throws IOException {
    write(1, null);
    Path file = folder.resolve("checkpoints/step-00000001/model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    var e = assertThrows(InputException.class, () -> checkpoints.last());
    assertTrue(e.getMessage().contains("the file is damaged"), e.getMessage());
    assertTrue(e.getMessage().contains("and start anew"), e.getMessage());
  }

  @Test
  void halfWrittenAndHalfDeletedFoldersAreNoCheckpointsAndGo() throws IOException {
    write(1, null);
    for (String name : List.of(".step-00000002.part", ".step-00000000.old")) {
      Files.createDirectories(folder.resolve("checkpoints").resolve(name));
      Files.writeString(
          folder.resolve("checkpoints").resolve(name).resolve("model.safetensors"), "x");
    }
    assertEquals(1, checkpoints.last().orElseThrow().step());
    write(2, null);
    assertEquals(List.of("step-00000001", "step-00000002"), names());
  }

  @Test
  void aCheckpointThatCannotBeWrittenLeavesTheOthers() throws IOException {
    write(1, null);
    assertThrows(
        RuntimeException.class,
        () ->
            checkpoints.write(
                2,
                Optional.empty(),
                Map.of("no/such/../../../../../../dev/null/x", Map.of("w", weight)),
                Map.of()));
    assertEquals(1, checkpoints.last().orElseThrow().step());
    write(2, null);
    assertEquals(List.of("step-00000001", "step-00000002"), names());
  }
}
