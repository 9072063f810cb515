package org.omnirad.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnirad.tensor.Ops;
import org.omnirad.tensor.Precision;

class DropPathTest {

  private static final int DIM = 8;
  private static final int HEADS = 2;
  private static final int BATCH = 5;

  private NDManager manager;
  private NDArray x;
  private NDList weights;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
    var random = new SplittableRandom(3);
    x = normal(random, BATCH, 4, DIM);
    weights = new NDList();
    long[][] shapes = {
      {DIM}, {DIM}, {3 * DIM, DIM}, {3 * DIM}, {DIM, DIM}, {DIM}, {DIM},
      {DIM}, {DIM}, {16, DIM}, {16}, {DIM, 16}, {DIM}, {DIM}
    };
    for (long[] shape : shapes) {
      weights.add(normal(random, shape));
    }
  }

  private NDArray normal(SplittableRandom random, long... shape) {
    var s = new Shape(shape);
    float[] values = new float[(int) s.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return manager.create(values, s);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray rows(long... rows) {
    return manager.create(rows);
  }

  private NDArray onRows(NDArray attention, NDArray mlp, Precision precision) {
    return Ops.transformerBlock(x, weights, attention, mlp, HEADS, 1e-6f, precision);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void allRowsAreTheWholeBlock(Precision precision) {
    NDArray all = rows(0, 1, 2, 3, 4);
    float tolerance = precision == Precision.FLOAT32 ? 1e-5f : 0.1f;
    assertArrayEquals(
        Ops.transformerBlock(x, weights, HEADS, 1e-6f, precision).toFloatArray(),
        onRows(all, all, precision).toFloatArray(),
        tolerance);
  }

  @Test
  void aRowIsItsInputPlusItsScaledBranches() {
    // Without its MLP a block gives x + a; 5 / 2 a is added where it is not dropped.
    NDArray found = onRows(rows(1, 3), rows(3, 4), Precision.FLOAT32);
    float[] zero = found.get(0).toFloatArray();
    assertArrayEquals(x.get(0).toFloatArray(), zero);
    NDList attentionOnly = new NDList(weights);
    attentionOnly.set(13, weights.get(13).zerosLike());
    NDArray whole = Ops.transformerBlock(x, attentionOnly, HEADS, 1e-6f, Precision.FLOAT32);
    NDArray scaled = x.add(whole.sub(x).mul(BATCH / 2f));
    assertArrayEquals(scaled.get(1).toFloatArray(), found.get(1).toFloatArray(), 1e-4f);
    NDList mlpOnly = new NDList(weights);
    mlpOnly.set(6, weights.get(6).zerosLike());
    NDArray y = scaled.get("3:4");
    NDArray z = Ops.transformerBlock(y, mlpOnly, HEADS, 1e-6f, Precision.FLOAT32);
    assertArrayEquals(
        y.add(z.sub(y).mul(BATCH / 2f)).toFloatArray(), found.get("3:4").toFloatArray(), 1e-3f);
  }

  @ParameterizedTest
  @CsvSource({"0.1, 4", "0.3, 3", "0.5, 2", "0.99, 1"})
  void soManyRowsAreDrawnEvenlyInOrder(double rate, int kept) {
    var dropPath = new DropPath(rate, new SplittableRandom(1));
    int draws = 4000;
    int[] counts = new int[BATCH];
    for (int i = 0; i < draws; i++) {
      long[] rows;
      try (NDArray drawn = dropPath.rows(x)) {
        rows = drawn.toLongArray();
      }
      assertEquals(kept, rows.length);
      for (int r = 0; r < kept; r++) {
        assertTrue(r == 0 || rows[r - 1] < rows[r]);
        counts[(int) rows[r]]++;
      }
    }
    double p = (double) kept / BATCH;
    for (int count : counts) {
      assertEquals(draws * p, count, 5 * Math.sqrt(draws * p * (1 - p)));
    }
  }

  @Test
  void aRateIsBelowOne() {
    assertTrue(new DropPath(0, new SplittableRandom(1)).keepsAll());
    for (double rate : new double[] {-0.1, 1, Double.NaN}) {
      assertThrows(
          IllegalArgumentException.class, () -> new DropPath(rate, new SplittableRandom(1)));
    }
  }
}
