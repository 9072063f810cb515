package org.omnirad.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.GradMode;

class LoraTest {

  private static final LoraConfig CONFIG = new LoraConfig(2, 4, 0);
  private static final RandomSource RANDOM = new RandomSource(5);

  private final NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
  @TempDir Path folder;

  /** Two small blocks under the names of an encoder. */
  private static final class Blocks extends Layer {

    private final TransformerBlock first;
    private final TransformerBlock second;

    Blocks(int dim) {
      first = layer("blocks.0", block(dim));
      second = layer("blocks.1", block(dim));
    }

    static TransformerBlock block(int dim) {
      return new TransformerBlock(dim, 2, 2 * dim, 1e-6f, true, false);
    }

    @Override
    public NDArray forward(ParameterStore store, NDArray x, boolean training) {
      return second.forward(store, first.forward(store, x, training), training);
    }

    NDArray naive(ParameterStore store, NDArray x) {
      NDArray y = first.withWeights(store, x, Optional.empty(), false).get(0);
      return second.withWeights(store, y, Optional.empty(), false).get(0);
    }
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void aNewAdapterChangesNothing() {
    Blocks blocks = blocks(8);
    float[] before = output(blocks);
    try (var lora = Lora.insert(blocks, CONFIG, manager, RANDOM)) {
      assertEquals(2 * 4 * 2, lora.parameters().size());
      assertArrayEquals(before, output(blocks));
    }
  }

  @Test
  void fusedNaiveAndMergedAgree() {
    Blocks blocks = blocks(8);
    float[] before = output(blocks);
    Lora lora = Lora.insert(blocks, CONFIG, manager, RANDOM);
    randomise(lora);
    float[] adapted = output(blocks);
    assertTrue(distance(before, adapted) > 0.05f);
    try (var off = GradMode.off()) {
      float[] naive = blocks.naive(store(), input()).toFloatArray();
      assertArrayEquals(adapted, naive, 1e-5f);
    }
    lora.merge();
    assertArrayEquals(adapted, output(blocks), 1e-5f);
    assertThrows(
        IllegalStateException.class, () -> lora.parameters().values().iterator().next().sum());
  }

  @Test
  void onlyTheAdaptersGetGradients() {
    Blocks blocks = blocks(8);
    try (var lora = Lora.insert(blocks, new LoraConfig(2, 4, 0.3), manager, RANDOM)) {
      randomise(lora);
      lora.parameters().values().forEach(p -> p.setRequiresGradient(true));
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        collector.backward(blocks.forward(store(), input(), true).square().sum());
      }
      lora.parameters()
          .forEach((name, p) -> assertTrue(p.getGradient().abs().sum().getFloat() > 0, name));
      assertFalse(blocks.namedParameters().values().iterator().next().getArray().hasGradient());
    }
  }

  @Test
  void dropoutIsUnbiased() {
    Blocks blocks = blocks(8);
    try (var lora = Lora.insert(blocks, new LoraConfig(2, 0.2, 0.3), manager, RANDOM);
        var off = GradMode.off()) {
      randomise(lora);
      float[] without = output(blocks);
      double[] mean = new double[without.length];
      int draws = 2_000;
      for (int i = 0; i < draws; i++) {
        float[] drawn = blocks.forward(store(), input(), true).toFloatArray();
        for (int j = 0; j < mean.length; j++) {
          mean[j] += drawn[j] / (double) draws;
        }
      }
      // The adapters' part is small here, so that the blocks are nearly linear in it.
      double adapters = 0;
      double bias = 0;
      float[] base = output(blocks(8));
      for (int j = 0; j < mean.length; j++) {
        adapters += Math.pow(without[j] - base[j], 2);
        bias += Math.pow(mean[j] - without[j], 2);
      }
      assertTrue(Math.sqrt(bias / adapters) < 0.05, Math.sqrt(bias / adapters) + "");
    }
  }

  @Test
  void gradientsFollowTheMaskThatWasDrawn() {
    Blocks blocks = blocks(8);
    try (var lora = Lora.insert(blocks, new LoraConfig(2, 4, 0.3), manager, RANDOM)) {
      randomise(lora);
      lora.parameters().values().forEach(p -> p.setRequiresGradient(true));
      Engine engine = Engine.getEngine("PyTorch");
      engine.setRandomSeed(3);
      try (GradientCollector collector = engine.newGradientCollector()) {
        collector.backward(blocks.forward(store(), input(), true).square().sum());
      }
      double step = 1e-2;
      for (NDArray p : lora.parameters().values()) {
        try (var off = GradMode.off()) {
          NDArray gradient = p.getGradient();
          double norm = gradient.norm().getFloat();
          NDArray along = gradient.mul((float) (step / norm));
          double rise = (loss(blocks, p, along) - loss(blocks, p, along.neg())) / (2 * step);
          assertEquals(1, rise / norm, 0.02);
        }
      }
    }
  }

  private double loss(Blocks blocks, NDArray parameter, NDArray change) {
    parameter.addi(change);
    Engine.getEngine("PyTorch").setRandomSeed(3);
    double loss = blocks.forward(store(), input(), true).square().sum().getFloat();
    parameter.subi(change);
    return loss;
  }

  @Test
  void whatIsSavedComesBack() {
    Blocks blocks = blocks(8);
    float[] adapted;
    try (var lora = Lora.insert(blocks, CONFIG, manager, RANDOM)) {
      randomise(lora);
      adapted = output(blocks);
      lora.save(folder, Map.of("head.weight", manager.ones(new Shape(3, 8))));
    }
    assertTrue(distance(adapted, output(blocks)) > 0.05f);
    try (var lora = Lora.load(blocks, folder, manager)) {
      assertArrayEquals(adapted, output(blocks));
    }
    var e = assertThrows(InputException.class, () -> Lora.load(blocks(12), folder, manager));
    assertTrue(e.getMessage().contains("lora_A"), e.getMessage());
  }

  /** The first of the two blocks alone. */
  private static final class OneBlock extends Layer {

    private final TransformerBlock only = layer("blocks.0", Blocks.block(8));

    @Override
    public NDArray forward(ParameterStore store, NDArray x, boolean training) {
      return only.forward(store, x, training);
    }
  }

  @Test
  void refusesTheAdaptersOfADeeperOrShallowerNetwork() {
    Blocks two = blocks(8);
    OneBlock one = started(new OneBlock());
    try (var lora = Lora.insert(two, CONFIG, manager, RANDOM)) {
      lora.save(folder.resolve("two"), Map.of());
    }
    var deeper =
        assertThrows(InputException.class, () -> Lora.load(one, folder.resolve("two"), manager));
    assertTrue(
        deeper
            .getMessage()
            .contains(
                "8 tensors have no place in this network, such as"
                    + " base_model.model.blocks.1.attn.proj.lora_A.weight"),
        deeper.getMessage());
    Lora.insert(one, CONFIG, manager, RANDOM).save(folder.resolve("one"), Map.of());
    var shallower =
        assertThrows(InputException.class, () -> Lora.load(two, folder.resolve("one"), manager));
    assertTrue(shallower.getMessage().contains("blocks.1"), shallower.getMessage());
    two.namedLayers().values().stream()
        .filter(Linear.class::isInstance)
        .forEach(layer -> assertTrue(((Linear) layer).adapter().isEmpty()));
  }

  @Test
  void refusesWhatItCannotUse() {
    Blocks blocks = blocks(8);
    try (var lora = Lora.insert(blocks, CONFIG, manager, RANDOM)) {
      assertThrows(IllegalStateException.class, () -> Lora.insert(blocks, CONFIG, manager, RANDOM));
    }
    assertThrows(InputException.class, () -> Lora.load(blocks, folder, manager));
    assertThrows(IllegalArgumentException.class, () -> new LoraConfig(0, 1, 0));
  }

  private Blocks blocks(int dim) {
    return started(new Blocks(dim));
  }

  private <T extends Layer> T started(T blocks) {
    int dim = (int) blocks.namedParameters().get("blocks.0.norm1.weight").getShape().get(0);
    var random = new SplittableRandom(3);
    blocks
        .namedParameters()
        .values()
        .forEach(
            p ->
                p.setInitializer(
                    (m, shape, type) -> {
                      float[] values = new float[(int) shape.size()];
                      for (int i = 0; i < values.length; i++) {
                        values[i] = (float) (0.4 * random.nextGaussian());
                      }
                      return m.create(values, shape);
                    }));
    blocks.initialize(manager, DataType.FLOAT32, new Shape(2, 5, dim));
    blocks.namedParameters().values().forEach(p -> p.getArray().setRequiresGradient(false));
    return blocks;
  }

  private void randomise(Lora lora) {
    var random = new SplittableRandom(4);
    try (var off = GradMode.off()) {
      for (NDArray p : lora.parameters().values()) {
        float[] values = new float[(int) p.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (0.3 * random.nextGaussian());
        }
        p.subi(p).addi(manager.create(values, p.getShape()));
      }
    }
  }

  private float[] output(Blocks blocks) {
    try (var off = GradMode.off()) {
      return blocks.forward(store(), input(), false).toFloatArray();
    }
  }

  private NDArray input() {
    float[] values = new float[2 * 5 * 8];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    return manager.create(values, new Shape(2, 5, 8));
  }

  private ParameterStore store() {
    return new ParameterStore(manager, false);
  }

  private static float distance(float[] a, float[] b) {
    float most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }
}
