package org.omnirad.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

  private TransformerBlock block(boolean layerScale) {
    var block = new TransformerBlock(DIM, 4, 3 * DIM, 1e-6f, layerScale);
    block
        .namedParameters()
        .values()
        .forEach(p -> p.setInitializer((m, shape, type) -> m.randomNormal(shape).mul(0.3f)));
    block.initialize(manager, DataType.FLOAT32, x.getShape());
    return block;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fusedEqualsLayerByLayer(boolean layerScale) {
    TransformerBlock block = block(layerScale);
    NDList naive = block.withWeights(store, x, false);
    assertArrayEquals(
        naive.get(0).toFloatArray(),
        block.forward(store, x, false, Precision.FLOAT32).toFloatArray(),
        1e-5f);
    assertEquals(new Shape(2, 4, 9, 9), naive.get(1).getShape());
    assertEquals(layerScale ? 14 : 12, block.namedParameters().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT32", "BFLOAT16"})
  void fusedGradientsEqualLayerByLayer(Precision precision) {
    TransformerBlock block = block(true);
    float[] naive;
    float[] fused;
    NDArray weight = block.namedParameters().get("attn.qkv.weight").getArray();
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      collector.backward(block.withWeights(store, x, true).get(0).square().mean());
      naive = weight.getGradient().toFloatArray();
      collector.zeroGradients();
      collector.backward(block.forward(store, x, true, precision).square().mean());
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

  @Test
  void resultsBelongToTheManagerOfTheActivation() {
    TransformerBlock block = block(true);
    try (NDManager step = manager.newSubManager()) {
      NDArray input = x.toDevice(x.getDevice(), true);
      input.attach(step);
      assertEquals(step, block.forward(store, input, false, Precision.FLOAT32).getManager());
      assertEquals(step, block.withWeights(store, input, false).get(0).getManager());
    }
  }
}
