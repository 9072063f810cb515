package org.omnirad.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.NpzWriter;

class FeaturesTest {

  @TempDir Path folder;

  @Test
  void whatIsSavedComesBack() {
    var features =
        new Features(
            new float[][] {{1, 2, 3}, {-4.5f, 0, 1e-20f}},
            new int[][] {{1}, {0}},
            List.of("train/0", "größe"),
            Task.BINARY,
            List.of("benign", "malignant"),
            FeatureSpec.lastBlocks(4).withPatchMean(),
            new RunRecord(Map.of("data", "x")).with("encoder", "y"));
    Path file = folder.resolve("features.npz");
    features.save(file);
    Features back = Features.load(file);
    assertArrayEquals(features.vectors(), back.vectors());
    assertArrayEquals(features.labels(), back.labels());
    assertEquals(features.ids(), back.ids());
    assertEquals(Task.BINARY, back.task());
    assertEquals(features.classNames(), back.classNames());
    assertEquals(features.spec(), back.spec());
    assertEquals(features.record(), back.record());
  }

  @Test
  void aPartOfTheTokensIsTheirColumns() {
    var features =
        new Features(
            new float[][] {{0, 1, 10, 11, 20, 21}},
            new int[1][0],
            List.of("a"),
            Task.MULTI_CLASS,
            List.of(),
            FeatureSpec.lastBlocks(2).withPatchMean(),
            new RunRecord(Map.of()));
    assertArrayEquals(new float[] {10, 11}, features.select(FeatureSpec.cls()).vectors()[0]);
    assertArrayEquals(
        new float[] {10, 11, 20, 21},
        features.select(FeatureSpec.cls().withPatchMean()).vectors()[0]);
    assertArrayEquals(
        new float[] {0, 1, 10, 11}, features.select(FeatureSpec.lastBlocks(2)).vectors()[0]);
    assertThrows(InputException.class, () -> features.select(FeatureSpec.lastBlocks(3)));
  }

  @Test
  void anUnknownTaskIsRefused() {
    Path file = folder.resolve("task.npz");
    new NpzWriter()
        .put("vectors", new float[][] {{1}})
        .put("targets", new int[][] {{0}})
        .put("ids", List.of("a"))
        .put("task", List.of("REGRESSION"))
        .put("class_names", List.of("a"))
        .put("spec", new int[] {1, 0}, 2)
        .put("record_names", List.of("data"))
        .put("record_values", List.of("x"))
        .write(file);
    var e = assertThrows(InputException.class, () -> Features.load(file));
    assertTrue(e.getMessage().contains("its task is [REGRESSION], expected"), e.getMessage());
  }

  @Test
  void anotherFileIsRefused() {
    Path file = folder.resolve("other.npz");
    new NpzWriter().put("vectors", new float[][] {{1}}).write(file);
    var e = assertThrows(InputException.class, () -> Features.load(file));
    assertTrue(e.getMessage().contains("targets"), e.getMessage());
  }

  @Test
  void findingsComeBack() {
    Path file = folder.resolve("findings.npz");
    findings(new int[] {1, 0, 1}, new int[3]).save(file);
    Features back = Features.load(file);
    assertEquals(Task.MULTI_LABEL, back.task());
    assertArrayEquals(new int[][] {{1, 0, 1}, {0, 0, 0}}, back.targets());
  }

  @Test
  void findingsAreNotOneLabel() {
    var e = assertThrows(IllegalStateException.class, findings(new int[] {1, 0, 1})::labels);
    assertTrue(e.getMessage().contains("a of a task MULTI_LABEL has the labels [1, 0, 1]"));
    assertThrows(IllegalStateException.class, findings(new int[] {1})::labels);
  }

  private static Features findings(int[]... targets) {
    List<String> ids = List.of("a", "b").subList(0, targets.length);
    var vectors = new float[targets.length][1];
    return new Features(
        vectors,
        targets,
        ids,
        Task.MULTI_LABEL,
        List.of(),
        FeatureSpec.cls(),
        new RunRecord(Map.of()));
  }
}
