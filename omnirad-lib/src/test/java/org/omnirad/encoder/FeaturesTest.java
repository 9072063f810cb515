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
            List.of("benign", "malignant"),
            FeatureSpec.lastBlocks(4).withPatchMean(),
            new RunRecord(Map.of("data", "x")).with("encoder", "y"));
    Path file = folder.resolve("features.npz");
    features.save(file);
    Features back = Features.load(file);
    assertArrayEquals(features.vectors(), back.vectors());
    assertArrayEquals(features.labels(), back.labels());
    assertEquals(features.ids(), back.ids());
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
  void anotherFileIsRefused() {
    Path file = folder.resolve("other.npz");
    new NpzWriter().put("vectors", new float[][] {{1}}).write(file);
    var e = assertThrows(InputException.class, () -> Features.load(file));
    assertTrue(e.getMessage().contains("targets"), e.getMessage());
  }

  @Test
  void severalLabelsAreNotOneLabel() {
    var features =
        new Features(
            new float[][] {{1}},
            new int[][] {{1, 0}},
            List.of("a"),
            List.of(),
            FeatureSpec.cls(),
            new RunRecord(Map.of()));
    assertThrows(IllegalStateException.class, features::labels);
  }
}
