package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;

/** Layer normalisation over the last axis, (..., D) to (..., D). */
public final class LayerNorm extends Layer {

  private final int dim;
  private final float eps;
  private final Parameter weight;
  private final Parameter bias;

  /** A norm over {@code dim} features; {@code eps} is added to the variance. */
  public LayerNorm(int dim, float eps) {
    this.dim = dim;
    this.eps = eps;
    weight = parameter("weight", dim);
    bias = parameter("bias", dim);
  }

  /** The scale (D) on the device of {@code x}. */
  NDArray weight(ParameterStore store, NDArray x, boolean training) {
    return value(store, weight, x, training);
  }

  /** The shift (D) on the device of {@code x}. */
  NDArray bias(ParameterStore store, NDArray x, boolean training) {
    return value(store, bias, x, training);
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    return ai.djl.nn.norm.LayerNorm.layerNorm(
            x, new Shape(dim), weight(store, x, training), bias(store, x, training), eps)
        .singletonOrThrow();
  }
}
