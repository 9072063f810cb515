package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearClassifiersTest {

  private static final int ROWS = 11;
  private static final int DIM = 5;
  private static final int CLASSES = 3;
  private static final double MOMENTUM = 0.9;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void agreesWithOneAfterAnother(boolean sigmoid) {
    var random = new SplittableRandom(3);
    float[] x = floats(random, ROWS * DIM);
    float[] y = new float[ROWS * CLASSES];
    for (int i = 0; i < ROWS; i++) {
      y[i * CLASSES + i % CLASSES] = 1;
    }
    float[][] start = new float[DIM][];
    for (int d = 0; d < DIM; d++) {
      start[d] = floats(random, CLASSES);
    }
    long[][] order = {{0, 3, 7, 1}, {2, 2, 9, 10}, {4, 5, 6, 8}};
    float[] factors = {1, 0.5f, 0.25f};
    double[] rates = {0.3, 0.02};
    try (var off = GradMode.off();
        NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
        var grid = new LinearClassifiers(manager, start, rates, sigmoid)) {
      grid.train(
          manager.create(x, new Shape(ROWS, DIM)),
          manager.create(y, new Shape(ROWS, CLASSES)),
          order,
          factors,
          MOMENTUM);
      for (int r = 0; r < rates.length; r++) {
        double[][] expected = naive(x, y, start, order, factors, rates[r], sigmoid);
        for (int k = 0; k < CLASSES; k++) {
          assertEquals(expected[DIM][k], grid.bias(r)[k], 1e-5);
          for (int d = 0; d < DIM; d++) {
            assertEquals(expected[d][k], grid.weight(r)[k][d], 1e-5);
          }
        }
      }
    }
  }

  /** Weights by row, the biases last, in double precision and plain loops. */
  private static double[][] naive(
      float[] x,
      float[] y,
      float[][] start,
      long[][] order,
      float[] factors,
      double rate,
      boolean sigmoid) {
    double[][] w = new double[DIM + 1][CLASSES];
    double[][] velocity = new double[DIM + 1][CLASSES];
    for (int d = 0; d < DIM; d++) {
      for (int k = 0; k < CLASSES; k++) {
        w[d][k] = start[d][k];
      }
    }
    for (int s = 0; s < order.length; s++) {
      double[][] gradient = new double[DIM + 1][CLASSES];
      for (long row : order[s]) {
        int i = (int) row;
        double[] exp = new double[CLASSES];
        double sum = 0;
        for (int k = 0; k < CLASSES; k++) {
          double z = w[DIM][k];
          for (int d = 0; d < DIM; d++) {
            z += w[d][k] * x[i * DIM + d];
          }
          exp[k] = Math.exp(z);
          sum += exp[k];
        }
        for (int k = 0; k < CLASSES; k++) {
          double p = sigmoid ? exp[k] / (1 + exp[k]) : exp[k] / sum;
          double g = (p - y[i * CLASSES + k]) / order[s].length / (sigmoid ? CLASSES : 1);
          for (int d = 0; d < DIM; d++) {
            gradient[d][k] += g * x[i * DIM + d];
          }
          gradient[DIM][k] += g;
        }
      }
      for (int d = 0; d <= DIM; d++) {
        for (int k = 0; k < CLASSES; k++) {
          velocity[d][k] = MOMENTUM * velocity[d][k] + gradient[d][k];
          w[d][k] -= rate * factors[s] * velocity[d][k];
        }
      }
    }
    return w;
  }

  private static float[] floats(SplittableRandom random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
