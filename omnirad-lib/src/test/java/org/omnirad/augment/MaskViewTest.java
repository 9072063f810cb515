package org.omnirad.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnirad.run.RandomSource;

class MaskViewTest {

  private static final int HEIGHT = 60;
  private static final int WIDTH = 80;
  private static final int SIZE = 48;
  private static final List<Float> ZERO = List.of(0f, 0f, 0f);
  private static final List<Float> ONE = List.of(1f, 1f, 1f);

  /** A mask without any symmetry: an ellipse off the middle, and a bar. */
  private static byte[] mask() {
    byte[] mask = new byte[HEIGHT * WIDTH];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        double ellipse = Math.pow((x - 50) / 20.0, 2) + Math.pow((y - 22) / 12.0, 2);
        boolean bar = x < 30 && y > 40 && y < 52;
        mask[y * WIDTH + x] = (byte) (ellipse < 1 || bar ? 1 : 0);
      }
    }
    return mask;
  }

  @Test
  void theWholeImageIsResized() {
    byte[] mask = {1, 0, 0, 2};
    try (NDManager manager = NDManager.newBaseManager()) {
      var batch =
          new ImageBatch(manager.zeros(new Shape(1, 1, 2, 2)), new int[] {2}, new int[] {2});
      var views = new ViewAugmenter(ViewConfig.whole(6), ZERO, ONE);
      byte[] view = views.masks(List.of(mask), batch, new RandomSource(1), 0, 0, 0)[0];
      byte[] top = {1, 1, 1, 0, 0, 0};
      byte[] bottom = {0, 0, 0, 2, 2, 2};
      assertArrayEquals(top, java.util.Arrays.copyOfRange(view, 0, 6));
      assertArrayEquals(bottom, java.util.Arrays.copyOfRange(view, 30, 36));
    }
  }

  @Test
  void aMaskGoesWhereItsImageGoes() {
    byte[] mask = mask();
    float[] pixels = new float[mask.length];
    for (int i = 0; i < mask.length; i++) {
      pixels[i] = mask[i];
    }
    var config = ViewConfig.segmentation(SIZE).withFlips(0.5, 0.5);
    var views = new ViewAugmenter(config, ZERO, ONE);
    var random = new RandomSource(3);
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray image = manager.create(pixels, new Shape(1, 1, HEIGHT, WIDTH));
      var batch = new ImageBatch(image, new int[] {HEIGHT}, new int[] {WIDTH});
      for (int step = 0; step < 40; step++) {
        float[] shown = views.apply(batch, random, step, 0, 0).toFloatArray();
        byte[] view = views.masks(List.of(mask), batch, random, step, 0, 0)[0];
        assertEquals(SIZE * SIZE, view.length);
        int both = 0;
        int either = 0;
        for (int i = 0; i < view.length; i++) {
          boolean white = shown[i] > 0.4;
          both += white && view[i] == 1 ? 1 : 0;
          either += white || view[i] == 1 ? 1 : 0;
        }
        // They differ by the rounding at the borders only.
        assertTrue(both > 0.9 * either, "step %d: %d of %d".formatted(step, both, either));
      }
    }
  }
}
