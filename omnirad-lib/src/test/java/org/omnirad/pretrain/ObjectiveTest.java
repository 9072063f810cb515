package org.omnirad.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.nn.DropPath;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Ops;

class ObjectiveTest {

  private static final int IMAGES = 2;
  private static final int PATCHES = 16;
  private static final double TEMPERATURE = 0.05;

  /** The class token and four registers stand before the patches. */
  @Test
  void hiddenPatchesAreCountedAfterTheRegisters() {
    var shape = new VitConfig(16, 4, 24, 2, 3, 4, true, 0.1f, 1e-5f, VitConfig.Variant.ROTARY);
    PretrainConfig config =
        SmallRuns.config()
            .withEncoder(shape)
            .withOptimiser(SmallRuns.withDropPath(OptimiserConfig.dinov2(10), 0))
            .withObjective(ObjectiveConfig.dinov2(Centring.SINKHORN))
            .withBatch(new BatchConfig(IMAGES, IMAGES, 1, 1));
    var keepAll = new DropPath(0, new SplittableRandom(0));
    boolean[][] masks = new boolean[2 * IMAGES][PATCHES];
    int[] hidden = {3, 0, 15, 7};
    boolean[] flat = new boolean[2 * IMAGES * PATCHES];
    for (int v = 0; v < hidden.length; v++) {
      masks[v][hidden[v]] = true;
      flat[v * PATCHES + hidden[v]] = true;
    }
    try (NDManager manager = NDManager.newBaseManager();
        var student = new Network(manager, Encoder.random(shape, 1), config, new RandomSource(1));
        var teacher = new Network(manager, Encoder.random(shape, 2), config, new RandomSource(2))) {
      student.setTrained(true);
      teacher.setTrained(false);
      var targets = new Targets(manager, config.objective(), config.head().prototypes());
      NDArray images = manager.randomNormal(new Shape(2 * IMAGES, 3, 16, 16));
      double expected = 0;
      try (var off = GradMode.off()) {
        NDArray mask = manager.create(flat, new Shape(2 * IMAGES, PATCHES));
        NDArray seen = student.tokens(images, Optional.of(mask), keepAll);
        NDArray whole = teacher.tokens(images, Optional.empty(), keepAll);
        NDArray ofStudent = manager.zeros(new Shape(hidden.length, 24));
        NDArray ofTeacher = manager.zeros(new Shape(hidden.length, 24));
        for (int v = 0; v < hidden.length; v++) {
          ofStudent.set(new NDIndex(v), seen.get(v, 1 + 4 + hidden[v]));
          ofTeacher.set(new NDIndex(v), whole.get(v, 1 + 4 + hidden[v]));
        }
        NDArray wanted = targets.ofPatches(teacher.patchLogits(ofTeacher), TEMPERATURE);
        expected =
            Ops.softCrossEntropy(
                    student.patchLogits(ofStudent), wanted, config.objective().studentTemperature())
                .mean()
                .getFloat();
      }
      Losses losses =
          new Objective(config, student, teacher, targets)
              .backward(
                  new Views(images, Optional.empty(), masks), TEMPERATURE, new SplittableRandom(1));
      assertEquals(expected, losses.ibot(), 1e-5);
    }
  }
}
