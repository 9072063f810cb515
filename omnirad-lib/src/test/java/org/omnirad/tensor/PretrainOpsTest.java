package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations of pretraining against loops in double precision. */
class PretrainOpsTest {

  private final SplittableRandom random = new SplittableRandom(5);
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private double[][] matrix(int rows, int columns, double scale) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) (scale * random.nextGaussian());
      }
    }
    return values;
  }

  private NDArray array(double[][] values) {
    float[] flat = new float[values.length * values[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) values[i / values[0].length][i % values[0].length];
    }
    return manager.create(flat, new Shape(values.length, values[0].length));
  }

  private static double[] softmax(double[] logits, double temperature) {
    double[] p = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits[i] / temperature);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  private static void assertMatrix(double[][] expected, NDArray found, double tolerance) {
    assertEquals(new Shape(expected.length, expected[0].length), found.getShape());
    float[] flat = found.toFloatArray();
    for (int i = 0; i < flat.length; i++) {
      double value = expected[i / expected[0].length][i % expected[0].length];
      assertEquals(value, flat[i], tolerance * Math.max(1e-3, Math.abs(value)), "at " + i);
    }
  }

  @Test
  void crossEntropyAndEntropy() {
    double[][] logits = matrix(5, 9, 0.5);
    double[][] targets = matrix(5, 9, 1);
    float[] cross = new float[5];
    float[] entropy = new float[5];
    for (int i = 0; i < 5; i++) {
      targets[i] = softmax(targets[i], 1);
      double[] q = softmax(logits[i], 0.1);
      for (int k = 0; k < 9; k++) {
        cross[i] -= (float) (targets[i][k] * Math.log(q[k]));
        entropy[i] -= (float) (targets[i][k] * Math.log(targets[i][k]));
      }
    }
    NDArray p = array(targets);
    assertArrayEquals(cross, Ops.softCrossEntropy(array(logits), p, 0.1).toFloatArray(), 1e-4f);
    assertArrayEquals(entropy, Ops.entropy(p).toFloatArray(), 1e-5f);
    NDArray certain = manager.create(new float[] {0, 1, 0, 0.5f, 0.5f, 0}, new Shape(2, 3));
    assertArrayEquals(
        new float[] {0, (float) Math.log(2)}, Ops.entropy(certain).toFloatArray(), 1e-6f);
  }

  @Test
  void centredSoftmaxTakesTheCentreOff() {
    double[][] logits = matrix(4, 6, 0.3);
    double[][] centre = matrix(1, 6, 0.3);
    double[][] expected = new double[4][];
    for (int i = 0; i < 4; i++) {
      double[] moved = logits[i].clone();
      for (int k = 0; k < 6; k++) {
        moved[k] -= centre[0][k];
      }
      expected[i] = softmax(moved, 0.04);
    }
    assertMatrix(expected, Ops.centredSoftmax(array(logits), array(centre).reshape(6), 0.04), 1e-4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 50})
  void sinkhornEqualsTheLoop(int rounds) {
    int m = 6;
    int k = 10;
    double[][] logits = matrix(m, k, 0.3);
    double[][] q = new double[m][k];
    double total = 0;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < k; j++) {
        q[i][j] = Math.exp(logits[i][j] / 0.07);
        total += q[i][j];
      }
    }
    for (double[] row : q) {
      for (int j = 0; j < k; j++) {
        row[j] /= total;
      }
    }
    for (int round = 0; round < rounds; round++) {
      for (int j = 0; j < k; j++) {
        double sum = 0;
        for (double[] row : q) {
          sum += row[j];
        }
        for (double[] row : q) {
          row[j] /= sum * k;
        }
      }
      for (double[] row : q) {
        double sum = java.util.Arrays.stream(row).sum();
        for (int j = 0; j < k; j++) {
          row[j] /= sum * m;
        }
      }
    }
    double[][] expected = new double[m][k];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < k; j++) {
        expected[i][j] = q[i][j] * m;
      }
    }
    NDArray found = Ops.sinkhorn(array(logits), 0.07, rounds);
    assertMatrix(expected, found, 1e-4);
    float[] ones = {1, 1, 1, 1, 1, 1};
    assertArrayEquals(ones, found.sum(new int[] {1}).toFloatArray(), 1e-5f);
    if (rounds == 50) {
      for (float share : found.sum(new int[] {0}).toFloatArray()) {
        assertEquals(0.6f, share, 1e-3f);
      }
    }
  }

  @Test
  void koleoIsTheDistanceFromTheNearestOther() {
    double[][] x = matrix(6, 4, 2);
    double expected = 0;
    double[][] unit = new double[6][4];
    for (int i = 0; i < 6; i++) {
      double norm = 0;
      for (double value : x[i]) {
        norm += value * value;
      }
      for (int d = 0; d < 4; d++) {
        unit[i][d] = x[i][d] / Math.sqrt(norm);
      }
    }
    for (int i = 0; i < 6; i++) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int j = 0; j < 6; j++) {
        double distance = 0;
        for (int d = 0; d < 4; d++) {
          distance += Math.pow(unit[i][d] - unit[j][d], 2);
        }
        nearest = i == j ? nearest : Math.min(nearest, distance);
      }
      expected -= Math.log(Math.sqrt(nearest)) / 6;
    }
    assertEquals(expected, Ops.koleo(array(x)).getFloat(), 1e-5);
  }

  private static double[][] linear(double[][] x, double[][] weight, double[] bias) {
    double[][] y = new double[x.length][weight.length];
    for (int i = 0; i < x.length; i++) {
      for (int o = 0; o < weight.length; o++) {
        y[i][o] = bias[o];
        for (int d = 0; d < x[i].length; d++) {
          y[i][o] += x[i][d] * weight[o][d];
        }
      }
    }
    return y;
  }

  // x Phi(x) with Phi by Simpson's rule.
  private static double gelu(double x) {
    int parts = 200;
    double sum = 0;
    for (int i = 0; i <= parts; i++) {
      double t = x * i / parts;
      sum += Math.exp(-t * t / 2) * (i == 0 || i == parts ? 1 : i % 2 == 0 ? 2 : 4);
    }
    return x * (0.5 + sum * x / parts / 3 / Math.sqrt(2 * Math.PI));
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void projectionHeadEqualsTheLoop(Precision precision) {
    int[] sizes = {5, 8, 7, 4};
    double[][] h = matrix(3, 5, 1);
    NDArray x = array(h);
    var weights = new NDList();
    for (int layer = 0; layer < 3; layer++) {
      double[][] weight = matrix(sizes[layer + 1], sizes[layer], 0.5);
      double[] bias = matrix(1, sizes[layer + 1], 0.5)[0];
      weights.add(array(weight));
      weights.add(array(new double[][] {bias}).reshape(bias.length));
      h = linear(h, weight, bias);
      for (double[] row : h) {
        for (int i = 0; layer < 2 && i < row.length; i++) {
          row[i] = gelu(row[i]);
        }
      }
    }
    double[][] scale = matrix(9, 1, 1);
    double[][] direction = matrix(9, 4, 1);
    weights.add(array(scale));
    weights.add(array(direction));
    double[][] expected = new double[3][9];
    for (int i = 0; i < 3; i++) {
      for (int k = 0; k < 9; k++) {
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int d = 0; d < 4; d++) {
          dot += h[i][d] * direction[k][d];
          a += h[i][d] * h[i][d];
          b += direction[k][d] * direction[k][d];
        }
        expected[i][k] = scale[k][0] * dot / Math.sqrt(a * b);
      }
    }
    NDArray found = Ops.projectionHead(x, weights, precision);
    assertEquals(DataType.FLOAT32, found.getDataType());
    float[] flat = found.toFloatArray();
    double tolerance = precision == Precision.FLOAT32 ? 1e-5 : 0.05;
    for (int i = 0; i < flat.length; i++) {
      assertEquals(expected[i / 9][i % 9], flat[i], tolerance, "at " + i);
    }
  }

  @Test
  void aHiddenPatchIsTheToken() {
    NDArray patches = manager.arange(0f, 12).reshape(2, 3, 2);
    NDArray mask =
        manager.create(new boolean[] {false, true, false, true, false, false}, new Shape(2, 3));
    NDArray token = manager.create(new float[] {-1, -2}, new Shape(1, 2));
    assertArrayEquals(
        new float[] {0, 1, -1, -2, 4, 5, -1, -2, 8, 9, 10, 11},
        Ops.maskPatches(patches, mask, token).toFloatArray());
  }
}
