package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;

/** A learned scale of each feature, (..., D) to (..., D) (Touvron et al. 2021). */
public final class LayerScale extends Layer {

  private final Parameter gamma;

  /**
   * A scale of {@code dim} features.
   *
   * @param name of its parameter; empty where that has the layer's own name
   */
  LayerScale(String name, int dim) {
    gamma = parameter(name, dim);
  }

  /** The scale (D) on the device of {@code x}. */
  NDArray gamma(ParameterStore store, NDArray x, boolean training) {
    return value(store, gamma, x, training);
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    return x.mul(gamma(store, x, training));
  }
}
