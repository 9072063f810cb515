package org.omnirad.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.omnirad.nn.Layer;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.Ops;
import org.omnirad.tensor.Precision;

/**
 * DINO's projection head (Caron et al. 2021), tokens (M, D) to logits (M, K): three linear layers
 * with GELU between, rows scaled to norm 1, and prototypes whose weight is a direction times a
 * learned scale.
 */
final class ProjectionHead extends Layer {

  private static final String PROTOTYPES = "last_layer.";

  private static final double STD = 0.02;

  private final int dim;
  private final int prototypes;
  private final Precision precision;

  ProjectionHead(int dim, HeadConfig config, Precision precision) {
    this.dim = dim;
    this.precision = precision;
    prototypes = config.prototypes();
    linear("mlp.0", dim, config.hiddenDim());
    linear("mlp.2", config.hiddenDim(), config.hiddenDim());
    linear("mlp.4", config.hiddenDim(), config.bottleneckDim());
    parameter(PROTOTYPES + "weight_g", prototypes, 1);
    parameter(PROTOTYPES + "weight_v", prototypes, config.bottleneckDim());
  }

  private void linear(String name, int in, int out) {
    parameter(name + ".weight", out, in);
    parameter(name + ".bias", out);
  }

  /**
   * Takes start values: weights normal with standard deviation 0.02, biases 0, scales 1 (DINOv2).
   *
   * @param purpose names this head among the draws of {@code random}
   */
  void start(NDManager manager, RandomSource random, String purpose) {
    namedParameters()
        .forEach(
            (name, parameter) ->
                parameter.setInitializer(
                    (owner, shape, type) ->
                        owner.create(
                            values(name, shape, random.at(0, purpose + "/" + name)), shape)));
    initialize(manager, DataType.FLOAT32, new Shape(1, dim));
  }

  private static float[] values(String name, Shape shape, SplittableRandom random) {
    float[] values = new float[Math.toIntExact(shape.size())];
    if (name.endsWith("weight_g")) {
      Arrays.fill(values, 1);
    } else if (!name.endsWith("bias")) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * STD);
      }
    }
    return values;
  }

  /** Whether a parameter of this name, or of one that ends so, belongs to the prototypes. */
  static boolean isPrototypes(String name) {
    return name.contains(PROTOTYPES);
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    var weights = new NDList();
    for (Map.Entry<String, Parameter> entry : namedParameters().entrySet()) {
      weights.add(value(store, entry.getValue(), x, training));
    }
    return Ops.projectionHead(x, weights, precision);
  }
}
