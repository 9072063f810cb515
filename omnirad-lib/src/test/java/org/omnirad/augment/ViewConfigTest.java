package org.omnirad.augment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ViewConfigTest {

  private static void refuses(String part, Executable code) {
    String message = assertThrows(IllegalArgumentException.class, code).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void valuesOutOfRangeAreRefusedWithTheirNames() {
    ViewConfig config = ViewConfig.radiology(64);
    refuses("size is 4", () -> ViewConfig.radiology(4));
    refuses("minArea is 0.0", () -> config.withArea(0, 1));
    refuses("minArea is NaN", () -> config.withArea(Double.NaN, 1));
    refuses("minArea is 0.6", () -> config.withArea(0.6, 0.5));
    refuses("maxArea is 1.5", () -> config.withArea(0.6, 1.5));
    refuses("horizontalFlip is 1.1", () -> config.withFlips(1.1, 0));
    refuses("verticalFlip is NaN", () -> config.withFlips(0, Double.NaN));
    refuses("probability is -1.0", () -> new Effect(-1, 0, 1));
    refuses("strength is 2.0 to 1.0", () -> new Effect(1, 2, 1));
    refuses("strength is 0.0 to Infinity", () -> new Effect(1, 0, Double.POSITIVE_INFINITY));
    refuses("blur is 0.0", () -> withBlur(new Effect(1, 0, 1)));
  }

  private static ViewConfig withBlur(Effect blur) {
    Effect none = Effect.none();
    return new ViewConfig(
        64, 0.5, 1, 1, 1, 0, 0, none, 0, none, none, none, none, 0, none, blur, none, none);
  }

  @Test
  void fineTuningIsTheAuthors() {
    Effect none = Effect.none();
    assertEquals(
        new ViewConfig(
            224,
            0.85,
            1,
            3.0 / 4,
            4.0 / 3,
            0.5,
            0,
            new Effect(1, -7, 7),
            0,
            none,
            none,
            none,
            none,
            0,
            none,
            none,
            none,
            none),
        ViewConfig.fineTuning(224));
  }

  @Test
  void copiesChangeWhatTheyNameOnly() {
    ViewConfig config = ViewConfig.radiology(224);
    assertEquals(config, config.withArea(0.1, 0.2).withArea(0.32, 1));
    assertEquals(config, config.withFlips(0, 1).withFlips(0.5, 0));
    assertEquals(2, config.blur().high());
    assertEquals(0.5714, ViewConfig.radiology(64).blur().high(), 1e-4);
    assertEquals(0.5, ViewConfig.radiology(28).blur().high());
  }

  @Test
  void batchesThatDoNotFitTogetherAreRefused() {
    try (var manager = NDManager.newBaseManager()) {
      var two = manager.zeros(new Shape(2, 1, 8, 9));
      int[] heights = {8, 3};
      int[] widths = {9, 9};
      assertEquals(2, new ImageBatch(two, heights, widths).size());
      refuses("3 heights for a batch of 2", () -> new ImageBatch(two, new int[3], widths));
      refuses("heights[1] is 9", () -> new ImageBatch(two, new int[] {8, 9}, widths));
      refuses("widths[0] is 0", () -> new ImageBatch(two, heights, new int[] {0, 9}));
      refuses(
          "(2, 2, 8, 9)",
          () -> new ImageBatch(manager.zeros(new Shape(2, 2, 8, 9)), heights, widths));
      refuses(
          "(1, 8, 9)", () -> new ImageBatch(manager.zeros(new Shape(1, 8, 9)), heights, widths));
      refuses("uint8", () -> new ImageBatch(two.toType(DataType.UINT8, false), heights, widths));
    }
  }

  @Test
  void statisticsAreThreeAndPositive() {
    ViewConfig config = ViewConfig.radiology(64);
    List<Float> three = List.of(0.5f, 0.5f, 0.5f);
    refuses("three values", () -> new ViewAugmenter(config, List.of(0.5f), three));
    refuses("std positive", () -> new ViewAugmenter(config, three, List.of(0.5f, 0f, 0.5f)));
  }
}
