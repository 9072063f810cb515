package org.omnirad.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.tensor.Ops;
import org.omnirad.tensor.Precision;

class TransformerBlockTest {

  private static final int DIM = 32;

  private NDManager manager;
  private NDArray x;
  private ParameterStore store;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
    x = manager.randomNormal(new Shape(2, 9, DIM));
    store = new ParameterStore(manager, false);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private TransformerBlock block(boolean layerScale, boolean rotary) {
    var block = new TransformerBlock(DIM, 4, 3 * DIM, 1e-6f, layerScale, rotary);
    block
        .namedParameters()
        .values()
        .forEach(p -> p.setInitializer((m, shape, type) -> m.randomNormal(shape).mul(0.3f)));
    block.initialize(manager, DataType.FLOAT32, x.getShape());
    return block;
  }

  /** Positions of one token before a grid of 2 x 4 patches, where they are rotary. */
  private static Optional<NDArray> positions(NDArray x, boolean rotary) {
    return rotary ? Optional.of(Ops.rotaryPositions(x, 1, 2, 4, DIM / 4)) : Optional.empty();
  }

  @ParameterizedTest
  @CsvSource({"true,false,14", "false,false,12", "true,true,15"})
  void fusedEqualsLayerByLayer(boolean layerScale, boolean rotary, int parameters) {
    TransformerBlock block = block(layerScale, rotary);
    Optional<NDArray> positions = positions(x, rotary);
    NDList naive = block.withWeights(store, x, positions, false);
    assertArrayEquals(
        naive.get(0).toFloatArray(),
        block.forward(store, x, positions, false, Precision.FLOAT32).toFloatArray(),
        1e-5f);
    assertEquals(new Shape(2, 4, 9, 9), naive.get(1).getShape());
    assertEquals(parameters, block.namedParameters().size());
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32,false", "BFLOAT16,false", "FLOAT32,true", "BFLOAT16,true"})
  void fusedGradientsEqualLayerByLayer(Precision precision, boolean rotary) {
    TransformerBlock block = block(true, rotary);
    Optional<NDArray> positions = positions(x, rotary);
    float[] naive;
    float[] fused;
    NDArray weight = block.namedParameters().get("attn.qkv.weight").getArray();
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      collector.backward(block.withWeights(store, x, positions, true).get(0).square().mean());
      naive = weight.getGradient().toFloatArray();
      collector.zeroGradients();
      collector.backward(block.forward(store, x, positions, true, precision).square().mean());
      fused = weight.getGradient().toFloatArray();
    }
    double largest = 0;
    for (float g : naive) {
      largest = Math.max(largest, Math.abs(g));
    }
    assertTrue(largest > 1e-4, "the gradient is " + largest);
    assertArrayEquals(
        naive, fused, (float) (largest * (precision == Precision.FLOAT32 ? 1e-4 : 0.1)));
  }

  /** A branch on a part of the batch turns queries and keys too. */
  @Test
  void droppedBranchesSeeThePositionsToo() {
    TransformerBlock block = block(true, true);
    var dropPath = new DropPath(0.5, new SplittableRandom(7));
    float[] out =
        block.forward(store, x, positions(x, true), dropPath, Precision.FLOAT32).toFloatArray();
    float[] other =
        block
            .forward(
                store,
                x,
                Optional.of(Ops.rotaryPositions(x, 1, 4, 2, DIM / 4)),
                new DropPath(0.5, new SplittableRandom(7)),
                Precision.FLOAT32)
            .toFloatArray();
    assertFalse(Arrays.equals(out, other));
  }

  /** What is computed must not stay with the parameters, where it would pile up. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resultsBelongToTheManagerOfTheActivation(boolean rotary) {
    TransformerBlock block = block(true, rotary);
    int before = ((BaseNDManager) manager).getManagedArrays().size();
    try (NDManager step = manager.newSubManager()) {
      NDArray input = x.toDevice(x.getDevice(), true);
      input.attach(step);
      Optional<NDArray> positions = positions(input, rotary);
      NDArray fused = block.forward(store, input, positions, false, Precision.FLOAT32);
      assertEquals(step, fused.getManager());
      NDList naive = block.withWeights(store, input, positions, false);
      assertEquals(step, naive.get(0).getManager());
    }
    assertEquals(before, ((BaseNDManager) manager).getManagedArrays().size());
  }
}
