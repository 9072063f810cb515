package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Optional;

/** A linear layer, (..., in) to (..., out): {@code x weight^T + bias}. */
public final class Linear extends Layer {

  private final Parameter weight;
  private final Optional<Parameter> bias;

  /** A layer from {@code in} to {@code out} features with a bias. */
  public Linear(int in, int out) {
    this(in, out, true);
  }

  /** The same, with or without a bias. */
  Linear(int in, int out, boolean hasBias) {
    weight = parameter("weight", out, in);
    bias = hasBias ? Optional.of(parameter("bias", out)) : Optional.empty();
  }

  /** The weight (out, in) on the device of {@code x}. */
  NDArray weight(ParameterStore store, NDArray x, boolean training) {
    return value(store, weight, x, training);
  }

  /** The bias (out) on the device of {@code x}, zeros where the layer has none. */
  NDArray bias(ParameterStore store, NDArray x, boolean training) {
    return bias.map(b -> value(store, b, x, training))
        .orElseGet(() -> x.getManager().zeros(new Shape(weight.getShape().get(0))));
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    return ai.djl.nn.core.Linear.linear(x, weight(store, x, training), bias(store, x, training))
        .singletonOrThrow();
  }
}
