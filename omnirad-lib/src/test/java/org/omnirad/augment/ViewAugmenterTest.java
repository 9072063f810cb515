package org.omnirad.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnirad.run.RandomSource;
import org.omnirad.run.ResidentMemory;
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

  private static final ViewConfig RADIOLOGY = ViewConfig.radiology(32).withFlips(0.5, 0.5);
  private static final ViewConfig NATURAL =
      ViewConfig.natural(32, BlurProbability.EFFECTIVE, NaturalView.SECOND);

  private static ViewAugmenter augmenter(ViewConfig config) {
    return new ViewAugmenter(config, MEAN, STD);
  }

  private static float[] view(ViewConfig config, ImageBatch batch, long step, int view, int first) {
    return augmenter(config).apply(batch, RANDOM, step, view, first).toFloatArray();
  }

  private ImageBatch part(ImageBatch batch, int from, int to) {
    return new ImageBatch(
        batch.pixels().get(from + ":" + to),
        Arrays.copyOfRange(batch.heights(), from, to),
        Arrays.copyOfRange(batch.widths(), from, to));
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
        Effect.none(),
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
  void viewsDependOnSeedStepAndViewAlone() {
    ImageBatch batch = noise(9, 1, 40, 36);
    float[] view = view(RADIOLOGY, batch, 3, 0, 0);
    assertArrayEquals(view, view(RADIOLOGY, batch, 3, 0, 0));
    assertFalse(Arrays.equals(view, view(RADIOLOGY, batch, 4, 0, 0)));
    assertFalse(Arrays.equals(view, view(RADIOLOGY, batch, 3, 1, 0)));
    assertFalse(
        Arrays.equals(
            view, augmenter(RADIOLOGY).apply(batch, new RandomSource(12), 3, 0, 0).toFloatArray()));
    for (float v : view) {
      assertTrue(v >= -0.485f / 0.224f - 1e-5f && v <= 0.594f / 0.224f + 0.1f, "" + v);
    }
  }

  @Test
  void theViewIsAttachedToThePixelsManagerAndLeavesThemAsTheyWere() {
    ImageBatch batch = noise(3, 3, 40, 36);
    float[] before = batch.pixels().toFloatArray();
    try (NDManager inner = manager.newSubManager()) {
      batch.pixels().attach(inner);
      NDArray view = augmenter(NATURAL).apply(batch, RANDOM, 3, 0, 0);
      assertEquals(inner, view.getManager());
      assertEquals(new Shape(3, 3, 32, 32), view.getShape());
      assertEquals(DataType.FLOAT32, view.getDataType());
      assertArrayEquals(before, batch.pixels().toFloatArray());
    }
  }

  @Test
  void partsOfABatchGiveTheViewsOfTheWhole() {
    for (ViewConfig config : List.of(RADIOLOGY, NATURAL)) {
      ImageBatch batch = noise(12, 3, 40, 36);
      float[] whole = view(config, batch, 3, 1, 100);
      float[] parts = new float[whole.length];
      int image = whole.length / 12;
      int[] cuts = {0, 1, 2, 6, 11, 12};
      for (int i = 0; i + 1 < cuts.length; i++) {
        float[] part = view(config, part(batch, cuts[i], cuts[i + 1]), 3, 1, 100 + cuts[i]);
        System.arraycopy(part, 0, parts, cuts[i] * image, part.length);
      }
      assertArrayEquals(whole, parts, 2e-5f);
    }
  }

  @Test
  void greyImagesGiveTheViewsOfEqualChannels() {
    for (ViewConfig config : List.of(RADIOLOGY, NATURAL)) {
      ImageBatch grey = noise(12, 1, 40, 36);
      var equal = new ImageBatch(grey.pixels().repeat(1, 3), grey.heights(), grey.widths());
      assertArrayEquals(view(config, equal, 3, 1, 0), view(config, grey, 3, 1, 0), 2e-5f);
    }
  }

  @Test
  void imagesOfDifferentSizesGiveTheirOwnViews() {
    int[] heights = {40, 17, 33, 40, 5};
    int[] widths = {36, 36, 20, 9, 7};
    ImageBatch full = noise(5, 3, 40, 36);
    var padded = new ImageBatch(full.pixels(), heights, widths);
    for (ViewConfig config : List.of(RADIOLOGY, NATURAL)) {
      float[] together = view(config, padded, 3, 1, 0);
      int image = together.length / 5;
      for (int i = 0; i < 5; i++) {
        NDArray alone =
            full.pixels().get("%d:%d,:,0:%d,0:%d".formatted(i, i + 1, heights[i], widths[i]));
        var one = new ImageBatch(alone, new int[] {heights[i]}, new int[] {widths[i]});
        assertArrayEquals(
            Arrays.copyOfRange(together, i * image, (i + 1) * image),
            view(config, one, 3, 1, i),
            2e-5f);
      }
    }
  }

  @Test
  void aBatchLargerThanTheCacheIsCutWithoutATrace() {
    ImageBatch batch = noise(5, 3, 20, 20);
    ViewConfig large = ViewConfig.radiology(200);
    float[] whole = view(large, batch, 3, 1, 0);
    float[] last = view(large, part(batch, 4, 5), 3, 1, 4);
    assertArrayEquals(Arrays.copyOfRange(whole, 4 * last.length, 5 * last.length), last, 2e-5f);
  }

  @Test
  void flipsMirrorTheView() {
    ImageBatch batch = noise(2, 3, 24, 24);
    NDArray straight = augmenter(plain(16)).apply(batch, RANDOM, 3, 0, 0);
    assertArrayEquals(
        straight.flip(3).toFloatArray(), view(plain(16).withFlips(1, 0), batch, 3, 0, 0), 1e-5f);
    assertArrayEquals(
        straight.flip(2).toFloatArray(), view(plain(16).withFlips(0, 1), batch, 3, 0, 0), 1e-5f);
    assertArrayEquals(
        straight.flip(2, 3).toFloatArray(), view(plain(16).withFlips(1, 1), batch, 3, 0, 0), 1e-5f);
  }

  @Test
  void effectsOfOneKindAreAppliedInTheDrawnStrength() {
    Effect none = Effect.none();
    Effect brighter = new Effect(1, 1.5, 1.5);
    ImageBatch batch = noise(2, 1, 16, 16);
    var config =
        new ViewConfig(
            16, 1, 1, 1, 1, 0, 0, none, 1, brighter, none, none, none, 0, none, none, none, none);
    float[] expected = batch.pixels().mul(1.5f).clip(0, 1).repeat(1, 3).toFloatArray();
    float[] plain =
        new ViewAugmenter(config, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f))
            .apply(batch, RANDOM, 3, 0, 0)
            .toFloatArray();
    assertArrayEquals(expected, plain, 1e-5f);
  }

  @Test
  void fiveHundredCallsHoldFlatMemory() throws IOException {
    ResidentMemory.assumeKnown();
    ImageBatch batch = noise(32, 1, 64, 64);
    ViewAugmenter augmenter = augmenter(ViewConfig.radiology(64));
    long before = 0;
    int managed = 0;
    for (int step = 0; step < 600; step++) {
      augmenter.apply(batch, RANDOM, step, 0, 0).close();
      if (step == 100) {
        System.gc();
        before = ResidentMemory.megabytes();
        managed = ((BaseNDManager) manager).getManagedArrays().size();
      }
    }
    assertEquals(managed, ((BaseNDManager) manager).getManagedArrays().size());
    System.gc();
    // The views alone are 750 MB, what is made on the way several times as much.
    long more = ResidentMemory.megabytes() - before;
    assertTrue(more < 100, more + " MB more after 500 calls");
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
