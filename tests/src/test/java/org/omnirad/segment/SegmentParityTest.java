package org.omnirad.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.tensor.ConvOps;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.SafetensorsFile;

/**
 * The dense adapter equals PyTorch's modules, with batch norm in training and in evaluation, where
 * ours is folded into the convolutions; {@code tests/parity/segment_fixtures.py} wrote what is
 * stored. Logits and running statistics to 1e-4, losses to 1e-5, gradients to 1e-3 of their norm.
 */
class SegmentParityTest {

  private static final Path FIXTURE =
      Path.of("src/test/resources/org/omnirad/tests/parity/segment.safetensors").toAbsolutePath();
  private static final int CLASSES = 3;

  private final NDManager manager = NDManager.newBaseManager();
  private final SafetensorsFile stored = SafetensorsFile.open(FIXTURE);
  private final DenseAdapter adapter =
      new DenseAdapter(new DenseConfig(12, 4, 3, 5, 2), 24, 1, CLASSES)
          .fill(manager, (name, shape) -> stored.floats("weight." + name));

  @AfterEach
  void free() {
    stored.close();
    manager.close();
  }

  @Test
  void hasTheParametersOfPyTorch() {
    var names = adapter.namedParameters().keySet();
    assertEquals(
        stored.names().stream().filter(name -> name.startsWith("weight.")).count(), names.size());
    for (Map.Entry<String, Parameter> entry : adapter.namedParameters().entrySet()) {
      assertEquals(
          !entry.getKey().contains("running"), entry.getValue().requiresGradient(), entry.getKey());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "eval"})
  void logitsLossesAndGradients(String mode) {
    boolean training = mode.equals("train");
    var parameters = adapter.namedParameters();
    parameters.forEach((name, p) -> p.getArray().setRequiresGradient(p.requiresGradient()));
    NDArray target =
        manager.create(
            ByteBuffer.wrap(stored.bytes("target")), new Shape(2, 64, 64), DataType.UINT8);
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      NDArray logits = logits(training);
      NDArray entropy = ConvOps.pixelCrossEntropy(logits, target);
      NDArray dice = ConvOps.diceLoss(logits, target);
      collector.backward(entropy.add(dice));
      assertClose(mode + ".logits", logits, 1e-4);
      assertClose(mode + ".cross_entropy", entropy, 1e-5);
      assertClose(mode + ".dice_loss", dice, 1e-5);
    }
    try (var off = GradMode.off()) {
      parameters.forEach(
          (name, p) -> {
            if (p.requiresGradient()) {
              assertGradient(mode + ".grad." + name, p.getArray().getGradient());
            } else if (training) {
              assertClose("train.running." + name, p.getArray(), 1e-4);
            } else {
              assertClose("weight." + name, p.getArray(), 0);
            }
          });
    }
  }

  private NDArray logits(boolean training) {
    NDArray image = array("image");
    var tokens = new NDList();
    for (int i = 0; i < DenseAdapter.LEVELS; i++) {
      tokens.add(array("tokens." + i));
    }
    return adapter.logits(new ParameterStore(manager, false), image, tokens, training);
  }

  private NDArray array(String name) {
    return stored.toArray(manager, name);
  }

  private void assertClose(String name, NDArray found, double tolerance) {
    float[] expected = stored.floats(name);
    float[] values = found.toFloatArray();
    assertEquals(expected.length, values.length, name);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], values[i], tolerance, name + " at " + i);
    }
  }

  private void assertGradient(String name, NDArray found) {
    float[] expected = stored.floats(name);
    float[] values = found.toFloatArray();
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(expected[i] - values[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    // A shift that another batch norm takes away has no gradient: in float32, rounding noise.
    double noise = Math.sqrt(norm) < 1e-12 ? 1e-5 : 0;
    assertTrue(
        Math.sqrt(difference) <= 1e-3 * Math.sqrt(norm) + noise,
        () -> name + ": off by more than a thousandth of its norm");
  }
}
