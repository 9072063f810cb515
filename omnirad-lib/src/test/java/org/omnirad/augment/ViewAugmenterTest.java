package org.omnirad.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.Interpolation;
import org.omnirad.tensor.Ops;

class ViewAugmenterTest {

  private static final List<Float> MEAN = List.of(0.485f, 0.456f, 0.406f);
  private static final List<Float> STD = List.of(0.229f, 0.224f, 0.225f);
  private static final RandomSource RANDOM = new RandomSource(11);

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private ImageBatch noise(int b, int c, int h, int w) {
    float[] values = new float[b * c * h * w];
    var random = new SplittableRandom(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    int[] heights = new int[b];
    Arrays.fill(heights, h);
    int[] widths = new int[b];
    Arrays.fill(widths, w);
    return new ImageBatch(manager.create(values, new Shape(b, c, h, w)), heights, widths);
  }

  @Test
  void radiologyRuns() {
    var augmenter = new ViewAugmenter(ViewConfig.radiology(32), MEAN, STD);
    ImageBatch batch = noise(9, 1, 40, 36);
    NDArray view = augmenter.apply(batch, RANDOM, 3, 0, 0);
    assertEquals(new Shape(9, 3, 32, 32), view.getShape());
    for (float v : view.toFloatArray()) {
      assertFalse(Float.isNaN(v));
    }
    assertArrayEquals(view.toFloatArray(), augmenter.apply(batch, RANDOM, 3, 0, 0).toFloatArray());
    assertFalse(
        Arrays.equals(view.toFloatArray(), augmenter.apply(batch, RANDOM, 3, 1, 0).toFloatArray()));
  }

  private static ViewConfig plain(int size) {
    return new ViewConfig(
        size,
        1,
        1,
        1,
        1,
        0,
        0,
        0,
        Effect.none(),
        Effect.none(),
        Effect.none(),
        Effect.none(),
        0,
        Effect.none(),
        Effect.none(),
        Effect.none(),
        Effect.none());
  }

  @Test
  void withoutEffectsTheViewIsTheNormalisedResizedImage() {
    for (int size : new int[] {16, 24, 40}) {
      ImageBatch batch = noise(2, 3, 24, 24);
      NDArray expected =
          Ops.resize(batch.pixels(), size, size, Interpolation.BICUBIC)
              .clip(0, 1)
              .sub(manager.create(new float[] {0.485f, 0.456f, 0.406f}, new Shape(1, 3, 1, 1)))
              .div(manager.create(new float[] {0.229f, 0.224f, 0.225f}, new Shape(1, 3, 1, 1)));
      NDArray view = new ViewAugmenter(plain(size), MEAN, STD).apply(batch, RANDOM, 3, 0, 0);
      assertArrayEquals(expected.toFloatArray(), view.toFloatArray(), 1e-5f);
    }
  }
}
