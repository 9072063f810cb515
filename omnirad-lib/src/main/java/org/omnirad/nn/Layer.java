package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A block with one input and one output. */
public abstract class Layer extends ParameterTree {

  /**
   * The layer's function.
   *
   * @param x the activation; the result is attached to its manager
   */
  public abstract NDArray forward(ParameterStore store, NDArray x, boolean training);

  @Override
  protected final NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    return new NDList(forward(store, inputs.singletonOrThrow(), training));
  }
}
