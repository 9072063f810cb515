package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Optional;

/** A linear layer, (..., in) to (..., out): {@code x weight^T + bias}. */
public final class Linear extends Layer {

  /** What {@link Lora} sets beside the weight: A (rank, in) and B (out, rank). */
  record Adapter(NDArray a, NDArray b, float scale, float dropout) {}

  private final Parameter weight;
  private final Optional<Parameter> bias;
  private Optional<Adapter> adapter = Optional.empty();

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

  Optional<Adapter> adapter() {
    return adapter;
  }

  void setAdapter(Optional<Adapter> adapter) {
    this.adapter = adapter;
  }

  /** The weight itself, (out, in). */
  NDArray weight() {
    return weight.getArray();
  }

  /** An adapter counts, but nothing is dropped before it. */
  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    NDArray y = linear(x, weight(store, x, training), bias(store, x, training));
    return adapter
        .map(lora -> y.add(linear(linear(x, lora.a, null), lora.b, null).mul(lora.scale)))
        .orElse(y);
  }

  private static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return ai.djl.nn.core.Linear.linear(x, weight, bias).singletonOrThrow();
  }
}
