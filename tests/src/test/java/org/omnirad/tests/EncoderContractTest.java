package org.omnirad.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.EncoderCatalogue;
import org.omnirad.encoder.VitConfig;
import org.omnirad.tensor.GradMode;

/** What every encoder of the catalogue can do, each with two blocks of random weights. */
class EncoderContractTest {

  private static final int DEPTH = 2;
  private static final int BATCH = 2;

  @TempDir Path folder;

  /** The names of the catalogue and their architecture; some share one. */
  static Stream<Arguments> architectures() {
    Map<VitConfig, String> names = new LinkedHashMap<>();
    EncoderCatalogue.entries()
        .forEach(e -> names.merge(e.architecture(), e.name(), (a, b) -> a + ", " + b));
    return names.entrySet().stream().map(e -> Arguments.of(e.getValue(), e.getKey()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("architectures")
  void everyEncoderKeepsTheContract(String names, VitConfig architecture) {
    try (var encoder = Encoder.random(architecture.withDepth(DEPTH), 7)) {
      imagesOfAnySizeBecomeTokens(encoder);
      everyParameterHasAGradient(encoder);
      whatIsSavedComesBack(encoder);
    }
  }

  /** Images (B, 3, 4 patches, some patches). */
  private static NDArray images(NDManager manager, VitConfig config, int columns) {
    long patch = config.patchSize();
    return manager.randomNormal(new Shape(BATCH, 3, 4 * patch, columns * patch));
  }

  private static void imagesOfAnySizeBecomeTokens(Encoder encoder) {
    try (var manager = NDManager.newBaseManager();
        var off = GradMode.off()) {
      VitConfig config = encoder.config();
      var store = new ParameterStore(manager, false);
      for (int columns : new int[] {4, 6}) {
        NDArray x = images(manager, config, columns);
        NDArray tokens = encoder.network().forward(store, x, false);
        var expected = new Shape(BATCH, config.prefixTokens() + 4 * columns, config.embedDim());
        assertEquals(expected, tokens.getShape());
        float[] values = tokens.toFloatArray();
        assertFinite(values, "tokens");

        var all = new TreeSet<>(Set.of(0, 1));
        NDList blocks = encoder.network().intermediates(store, x, all, true, false);
        assertEquals(DEPTH, blocks.size());
        assertEquals(expected, blocks.get(0).getShape());
        assertArrayEquals(values, blocks.get(1).toFloatArray());

        NDList slow = encoder.network().withAttention(store, x);
        assertArrayEquals(values, slow.get(0).toFloatArray(), 1e-4f);
      }
    }
  }

  private static void everyParameterHasAGradient(Encoder encoder) {
    try (var manager = NDManager.newBaseManager()) {
      NDArray x = images(manager, encoder.config(), 4);
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        NDArray tokens = encoder.network().forward(new ParameterStore(manager, false), x, true);
        // After a norm the sum of squares is all but constant; a random direction is not.
        collector.backward(tokens.mul(manager.randomNormal(tokens.getShape())).sum());
      }
      encoder
          .network()
          .namedParameters()
          .forEach(
              (key, parameter) -> {
                try (NDArray gradient = parameter.getArray().getGradient()) {
                  float[] values = gradient.toFloatArray();
                  assertFinite(values, key);
                  boolean moves = false;
                  for (float value : values) {
                    moves |= value != 0;
                  }
                  assertTrue(moves, key + " has no gradient");
                }
              });
    }
  }

  private void whatIsSavedComesBack(Encoder encoder) {
    encoder.save(folder);
    try (var loaded = Encoder.load(folder)) {
      assertEquals(encoder.config(), loaded.config());
      assertEquals(
          encoder.record().entries().get("encoder.md5"),
          loaded.record().entries().get("encoder.md5"));
    }
  }

  private static void assertFinite(float[] values, String what) {
    for (float value : values) {
      assertTrue(Float.isFinite(value), what);
    }
  }
}
