package org.omnirad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnirad.tensor.GradMode;

class AdamWTest {

  private static final double NO_CLIP = 1e9;

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray parameter(float... values) {
    NDArray parameter = manager.create(values);
    parameter.setRequiresGradient(true);
    return parameter;
  }

  /** Adds the gradient 2 c x to x. */
  private static void backward(double c, NDArray... parameters) {
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray sum = parameters[0].square().sum();
      for (int i = 1; i < parameters.length; i++) {
        sum = sum.add(parameters[i].square().sum());
      }
      collector.backward(sum.mul((float) c));
    }
  }

  private static ParameterGroup group(String module, double decay, String name, NDArray x) {
    return new ParameterGroup(module, 1, decay, Map.of(name, x));
  }

  private static void step(AdamW adam, double maxNorm, double rate, double decay) {
    try (var off = GradMode.off()) {
      adam.step(adam.gradientNorms(), maxNorm, g -> rate * g.learningRateFactor(), decay);
      adam.zeroGradients();
    }
  }

  @Test
  void theFirstStepIsTheRateAgainstTheSignAfterDecay() {
    NDArray x = parameter(2, -3, 0.5f);
    NDArray bias = parameter(1);
    var adam = new AdamW(manager, List.of(group("a", 1, "x", x), group("a", 0, "bias", bias)));
    backward(1, x, bias);
    step(adam, NO_CLIP, 0.1, 0.2);
    // Both moments are unbiased at the first step: g / |g|. Decay takes rate x decay of the value.
    assertArrayEquals(
        new float[] {2 * 0.98f - 0.1f, -3 * 0.98f + 0.1f, 0.5f * 0.98f - 0.1f},
        x.toFloatArray(),
        1e-6f);
    assertArrayEquals(new float[] {0.9f}, bias.toFloatArray(), 1e-6f);
  }

  @Test
  void fiveStepsEqualTheFormula() {
    double[] x = {2, -3};
    double[] m = new double[2];
    double[] v = new double[2];
    NDArray array = parameter(2, -3);
    var adam = new AdamW(manager, List.of(group("a", 1, "x", array)));
    for (int t = 1; t <= 5; t++) {
      backward(t, array);
      step(adam, NO_CLIP, 0.1, 0.2);
      for (int i = 0; i < 2; i++) {
        double g = 2 * t * x[i];
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        x[i] -= 0.1 * 0.2 * x[i];
        double mean = m[i] / (1 - Math.pow(0.9, t));
        x[i] -= 0.1 * mean / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
      }
    }
    assertArrayEquals(new float[] {(float) x[0], (float) x[1]}, array.toFloatArray(), 1e-5f);
  }

  @Test
  void eachModuleIsClippedByItsOwnNorm() {
    NDArray a = parameter(3, 0);
    NDArray a2 = parameter(4);
    NDArray b = parameter(0.5f);
    var adam =
        new AdamW(
            manager,
            List.of(group("a", 0, "a", a), group("a", 0, "a2", a2), group("b", 0, "b", b)));
    backward(1, a, a2, b);
    try (var off = GradMode.off()) {
      assertEquals(Map.of("a", 10.0, "b", 1.0), adam.gradientNorms());
      adam.step(adam.gradientNorms(), 2, g -> 0, 0);
    }
    // First moments are a tenth of the clipped gradients: a is scaled by 2 / 10, b is left.
    assertArrayEquals(new float[] {0.12f, 0}, mean(adam, "a"), 1e-6f);
    assertArrayEquals(new float[] {0.16f}, mean(adam, "a2"), 1e-6f);
    assertArrayEquals(new float[] {0.1f}, mean(adam, "b"), 1e-6f);
    assertArrayEquals(new float[] {3, 0}, a.toFloatArray(), "rate 0 moves nothing");
    assertArrayEquals(new float[] {0.5f}, b.toFloatArray(), "rate 0 moves nothing");
  }

  private static float[] mean(AdamW adam, String name) {
    return adam.state().get(name + ".mean").toFloatArray();
  }

  @Test
  void gradientsAddUpUntilTheyAreZeroed() {
    NDArray x = parameter(1);
    var adam = new AdamW(manager, List.of(group("a", 0, "x", x)));
    backward(1, x);
    backward(2, x);
    try (var off = GradMode.off()) {
      assertEquals(6, adam.gradientNorms().get("a"), 1e-6);
      adam.zeroGradients();
      assertEquals(0, adam.gradientNorms().get("a"));
    }
  }

  @Test
  void aNameInTwoGroupsIsRefused() {
    NDArray x = parameter(1);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new AdamW(manager, List.of(group("a", 0, "x", x), group("b", 0, "x", x))));
    assertEquals("two parameters make the state x.mean", e.getMessage());
  }

  @Test
  void goesOnFromItsStateWithTheSameNumbers() {
    NDArray whole = parameter(2, -3, 0.7f);
    var adam = new AdamW(manager, List.of(group("a", 1, "x", whole)));
    NDArray parts = parameter(0, 0, 0);
    var resumed = new AdamW(manager, List.of(group("a", 1, "x", parts)));
    for (int t = 0; t < 6; t++) {
      if (t == 3) {
        try (var off = GradMode.off()) {
          whole.copyTo(parts);
          assertEquals(new Shape(), adam.state().get("x.steps").getShape());
          adam.state().forEach((name, array) -> array.copyTo(resumed.state().get(name)));
        }
      }
      backward(1 + t, whole);
      step(adam, 3, 0.05, 0.1);
      if (t >= 3) {
        backward(1 + t, parts);
        step(resumed, 3, 0.05, 0.1);
      }
    }
    assertArrayEquals(whole.toFloatArray(), parts.toFloatArray());
  }
}
