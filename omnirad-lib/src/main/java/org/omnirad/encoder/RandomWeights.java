package org.omnirad.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.omnirad.run.RandomSource;

/**
 * Start values as DINOv2 draws them: weights, registers and position embedding truncated normal
 * with standard deviation 0.02, the class token normal with 1e-6, biases 0, norms 1 and 0,
 * LayerScale constant.
 */
record RandomWeights(VitConfig config, long seed) implements Weights {

  private static final double STD = 0.02;
  private static final double CLS_STD = 1e-6;
  private static final double CUT = 2;

  @Override
  public NDArray read(NDManager manager, String name, Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    if (name.contains("gamma")) {
      Arrays.fill(values, config.layerScaleInit());
    } else if (name.contains("norm") && name.endsWith(".weight")) {
      Arrays.fill(values, 1);
    } else if (!name.endsWith("bias")) {
      fill(values, new RandomSource(seed).at(0, name), name.equals("cls_token"));
    }
    return manager.create(values, shape);
  }

  private static void fill(float[] values, SplittableRandom random, boolean clsToken) {
    for (int i = 0; i < values.length; i++) {
      double z = random.nextGaussian();
      while (!clsToken && Math.abs(z) > CUT) {
        z = random.nextGaussian();
      }
      values[i] = (float) (z * (clsToken ? CLS_STD : STD));
    }
  }
}
