package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;

/** A linear layer with bias, (..., in) to (..., out): {@code x weight^T + bias}. */
public final class Linear extends Layer {

  private final Parameter weight;
  private final Parameter bias;

  /** A layer from {@code in} to {@code out} features. */
  public Linear(int in, int out) {
    weight = parameter("weight", out, in);
    bias = parameter("bias", out);
  }

  /** The weight (out, in) on the device of {@code x}. */
  NDArray weight(ParameterStore store, NDArray x, boolean training) {
    return value(store, weight, x, training);
  }

  /** The bias (out) on the device of {@code x}. */
  NDArray bias(ParameterStore store, NDArray x, boolean training) {
    return value(store, bias, x, training);
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    return ai.djl.nn.core.Linear.linear(x, weight(store, x, training), bias(store, x, training))
        .singletonOrThrow();
  }
}
