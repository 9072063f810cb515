package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ParameterOpsTest {

  private NDManager manager;
  private List<NDArray> parameters;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
    parameters =
        List.of(
            manager.create(new float[] {1, -2, 3, 0.5f}, new Shape(2, 2)),
            manager.create(new float[] {0.25f, 7, -1}),
            manager.create(4f));
    parameters.forEach(p -> p.setRequiresGradient(true));
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray sum = parameters.get(0).square().sum();
      sum = sum.add(parameters.get(1).mul(3).sum());
      collector.backward(sum.add(parameters.get(2).square().mul(0.5f)));
    }
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void theNormIsThatOfAllGradientsTogether() {
    // (2, -4, 6, 1), (3, 3, 3), (4).
    try (var off = GradMode.off()) {
      assertEquals(Math.sqrt(57 + 27 + 16), ParameterOps.gradientNorm(parameters), 1e-5);
      assertEquals(4, ParameterOps.gradientNorm(parameters.subList(2, 3)), 1e-6);
    }
  }

  @Test
  void zeroingReachesEveryGradient() {
    try (var off = GradMode.off()) {
      ParameterOps.zeroGradients(parameters);
      for (NDArray parameter : parameters) {
        assertEquals(0, parameter.getGradient().abs().sum().getFloat());
      }
    }
    assertArrayEquals(new float[] {1, -2, 3, 0.5f}, parameters.get(0).toFloatArray());
  }

  @Test
  void movingGoesAPartOfTheWay() {
    NDArray target = manager.create(new float[] {0, 10});
    NDArray other = manager.create(1f);
    NDArray source = manager.create(new float[] {4, 0});
    try (var off = GradMode.off()) {
      ParameterOps.moveTowards(List.of(target, other), List.of(source, manager.create(2f)), 0.25);
      assertArrayEquals(new float[] {1, 7.5f}, target.toFloatArray(), 1e-6f);
      assertEquals(1.25f, other.getFloat(), 1e-6f);
      ParameterOps.moveTowards(List.of(target), List.of(source), 1);
      assertArrayEquals(new float[] {4, 0}, target.toFloatArray());
      assertArrayEquals(new float[] {4, 0}, source.toFloatArray());
    }
  }
}
