package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.training.ParameterStore;

/** Two linear layers with the exact GELU between, (B, N, D) to (B, N, D). */
public final class Mlp extends Layer {

  final Linear fc1;
  final Linear fc2;

  /** A network of {@code dim}, {@code hidden}, {@code dim} features. */
  public Mlp(int dim, int hidden) {
    fc1 = layer("fc1", new Linear(dim, hidden));
    fc2 = layer("fc2", new Linear(hidden, dim));
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    return fc2.forward(store, Activation.gelu(fc1.forward(store, x, training)), training);
  }
}
