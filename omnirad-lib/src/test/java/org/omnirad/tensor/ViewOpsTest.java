package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewOpsTest {

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray array(Shape shape, float... values) {
    return manager.create(values, shape);
  }

  private NDArray random(long... shape) {
    float[] values = new float[(int) new Shape(shape).size()];
    var random = new SplittableRandom(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return manager.create(values, new Shape(shape));
  }

  // Cubic convolution with a = -0.5 in its textbook form.
  private static double cubic(double x) {
    double d = Math.abs(x);
    if (d < 1) {
      return 1.5 * d * d * d - 2.5 * d * d + 1;
    }
    return d < 2 ? -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2 : 0;
  }

  private static double[] weights(int start, int length, int size, int i) {
    double scale = (double) length / size;
    double[] weights = new double[start + length];
    double sum = 0;
    for (int j = 0; j < length; j++) {
      weights[start + j] = cubic((j + 0.5 - (i + 0.5) * scale) / Math.max(1, scale));
      sum += weights[start + j];
    }
    for (int j = 0; j < length; j++) {
      weights[start + j] /= sum;
    }
    return weights;
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 12, 17, 40})
  void cropsEqualTheNaiveResize(int size) {
    int height = 19;
    int width = 14;
    float[] boxes = {
      0, 0, 19, 14, 0, 0, 3, 2, 16, 12, 0, 1, 18, 13, 1, 1, 1, 0, 4, 0, 2, 14, 1, 1, 0, 5, 7, 3, 0,
      0
    };
    NDArray images = random(5, 2, height, width);
    float[] pixels = images.toFloatArray();
    float[] views = ViewOps.cropResize(images, array(new Shape(5, 6), boxes), size).toFloatArray();
    for (int b = 0; b < 5; b++) {
      float[] box = Arrays.copyOfRange(boxes, 6 * b, 6 * b + 6);
      for (int c = 0; c < 2; c++) {
        for (int i = 0; i < size; i++) {
          double[] rows = weights((int) box[0], (int) box[2], size, i);
          for (int j = 0; j < size; j++) {
            double[] columns = weights((int) box[1], (int) box[3], size, j);
            double expected = 0;
            for (int y = 0; y < rows.length; y++) {
              for (int x = 0; x < columns.length; x++) {
                expected += rows[y] * columns[x] * pixels[((b * 2 + c) * height + y) * width + x];
              }
            }
            int row = box[4] == 1 ? size - 1 - i : i;
            int column = box[5] == 1 ? size - 1 - j : j;
            assertEquals(
                Math.clamp(expected, 0, 1),
                views[((b * 2 + c) * size + row) * size + column],
                1e-5);
          }
        }
      }
    }
  }

  @Test
  void cropOfARampIsTheRampOfTheBox() {
    NDArray ramp = manager.arange(32f).div(32).reshape(1, 1, 1, 32).repeat(2, 32);
    float[] view =
        ViewOps.cropResize(ramp, array(new Shape(1, 6), 4, 8, 20, 16, 0, 0), 64).toFloatArray();
    // Away from the box's borders, where the weights are cut, a cubic keeps straight lines.
    for (int j = 8; j < 56; j++) {
      assertEquals((8 + (j + 0.5) * 16 / 64 - 0.5) / 32, view[31 * 64 + j], 1e-5);
    }
  }

  @Test
  void pixelsOutsideTheBoxDoNotCount() {
    NDArray image = manager.full(new Shape(1, 1, 10, 10), 0.25f);
    float[] bright = image.toFloatArray();
    for (int i = 0; i < 100; i++) {
      if (i / 10 >= 6 || i % 10 < 3) {
        bright[i] = 1e6f;
      }
    }
    float[] view =
        ViewOps.cropResize(
                array(new Shape(1, 1, 10, 10), bright), array(new Shape(1, 6), 0, 3, 6, 7, 0, 0), 9)
            .toFloatArray();
    for (float v : view) {
      assertEquals(0.25f, v, 1e-5f);
    }
  }

  @Test
  void blendsWithGreyAndItsMean() {
    NDArray x = array(new Shape(1, 3, 1, 2), 0.5f, 0.1f, 0.2f, 0.3f, 0.8f, 0.9f);
    double first = 0.2989 * 0.5 + 0.587 * 0.2 + 0.114 * 0.8;
    double second = 0.2989 * 0.1 + 0.587 * 0.3 + 0.114 * 0.9;
    double mean = (first + second) / 2;
    NDArray blended = ViewOps.blend(x, array(new Shape(1, 3), 0.5f, 0.3f, 0.2f));
    assertArrayEquals(
        new float[] {
          (float) (0.25 + 0.3 * first + 0.2 * mean),
          (float) (0.05 + 0.3 * second + 0.2 * mean),
          (float) (0.1 + 0.3 * first + 0.2 * mean),
          (float) (0.15 + 0.3 * second + 0.2 * mean),
          (float) (0.4 + 0.3 * first + 0.2 * mean),
          (float) (0.45 + 0.3 * second + 0.2 * mean)
        },
        blended.toFloatArray(),
        1e-6f);
    assertArrayEquals(blended.toFloatArray(), x.toFloatArray(), "works in place");
  }

  @Test
  void aThirdOfACircleMovesRedToGreenToBlue() {
    NDArray x = array(new Shape(1, 3, 1, 2), 1, 0.25f, 0, 0.5f, 0, 0.75f);
    ViewOps.hue(x, array(new Shape(1, 2), 0, 1f / 3));
    assertArrayEquals(new float[] {0, 0.75f, 1, 0.25f, 0, 0.5f}, x.toFloatArray(), 1e-5f);
    ViewOps.hue(x, array(new Shape(1, 2), 0, -1f / 3));
    assertArrayEquals(new float[] {1, 0.25f, 0, 0.5f, 0, 0.75f}, x.toFloatArray(), 1e-5f);
  }

  @Test
  void onlyChosenImagesChange() {
    NDArray x = manager.full(new Shape(4, 1, 6, 6), 0.25f);
    ViewOps.gamma(x, array(new Shape(2, 2), 1, 0.5f, 3, 2));
    ViewOps.solarise(x, array(new Shape(1, 2), 0, 0.25f));
    float[] expected = {0.75f, 0.5f, 0.25f, 0.0625f};
    NDArray rows = x.reshape(4, 36);
    assertArrayEquals(expected, rows.max(new int[] {1}).toFloatArray(), 1e-6f);
    assertArrayEquals(expected, rows.min(new int[] {1}).toFloatArray(), 1e-6f);
  }

  @Test
  void powersOfBlackAndWhiteStay() {
    NDArray x = array(new Shape(1, 1, 1, 2), 0, 1);
    ViewOps.gamma(x, array(new Shape(1, 2), 0, 0.6f));
    assertArrayEquals(new float[] {0, 1}, x.toFloatArray());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.8, 2})
  void blurOfAnImpulseIsTheGaussian(double sigma) {
    int n = 11;
    for (int[] at : new int[][] {{5, 5}, {0, 1}, {10, 8}}) {
      float[] impulse = new float[n * n];
      impulse[at[0] * n + at[1]] = 1;
      NDArray x = array(new Shape(1, 1, n, n), impulse);
      ViewOps.blur(x, array(new Shape(1, 2), 0, (float) sigma));
      float[] expected = new float[n * n];
      for (int i = 0; i < n * n; i++) {
        expected[i] =
            (float) (reflected(i / n, at[0], n, sigma) * reflected(i % n, at[1], n, sigma));
      }
      assertArrayEquals(expected, x.toFloatArray(), 1e-6f);
    }
  }

  // What one pixel's nine weights gather from an impulse in a row that is reflected at its ends.
  private static double reflected(int pixel, int impulse, int n, double sigma) {
    double found = 0;
    double sum = 0;
    for (int d = -ViewOps.BLUR_RADIUS; d <= ViewOps.BLUR_RADIUS; d++) {
      double weight = Math.exp(-d * d / (2 * sigma * sigma));
      sum += weight;
      int place = Math.abs(pixel + d);
      if ((place < n ? place : 2 * (n - 1) - place) == impulse) {
        found += weight;
      }
    }
    return found / sum;
  }

  @Test
  void noiseDependsOnTheSeedAloneAndHasItsDeviation() {
    long[] seeds = {7, Long.MIN_VALUE};
    NDArray chosen = array(new Shape(2, 2), 0, 0.1f, 2, 0.05f);
    NDArray x = manager.full(new Shape(3, 3, 50, 60), 0.5f);
    float[] noisy = ViewOps.noise(x, chosen, manager.create(seeds)).toFloatArray();
    float[] again =
        ViewOps.noise(
                manager.full(new Shape(1, 3, 50, 60), 0.5f),
                array(new Shape(1, 2), 0, 0.05f),
                manager.create(new long[] {Long.MIN_VALUE}))
            .toFloatArray();
    int image = 3 * 3000;
    assertArrayEquals(again, Arrays.copyOfRange(noisy, 2 * image, 3 * image));
    assertArrayEquals(
        Arrays.copyOfRange(again, 0, 3000), Arrays.copyOfRange(again, 6000, 9000), "channels");
    assertNotEquals(noisy[0] - 0.5f, 2 * (again[0] - 0.5f), 1e-4f);
    for (int i = image; i < 2 * image; i++) {
      assertEquals(0.5f, noisy[i]);
    }
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 3000; i++) {
      double z = (again[i] - 0.5) / 0.05;
      sum += z;
      squares += z * z;
    }
    assertEquals(0, sum / 3000, 4 / Math.sqrt(3000));
    assertEquals(1, squares / 3000, 4 * Math.sqrt(2.0 / 3000));
  }

  @Test
  void normalisesIntoAPartAndRepeatsGrey() {
    NDArray out = manager.zeros(new Shape(3, 3, 1, 1));
    ViewOps.normaliseInto(
        out.get("1:2"),
        array(new Shape(1, 1, 1, 1), 0.5f),
        array(new Shape(2, 3), 0.25f, 0.5f, 1, 0.5f, 1, 0.25f));
    assertArrayEquals(new float[] {0, 0, 0, 0.5f, 0, -2, 0, 0, 0}, out.toFloatArray(), 1e-6f);
  }
}
