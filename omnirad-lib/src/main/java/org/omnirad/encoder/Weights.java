package org.omnirad.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Where the values of a network's parameters come from. */
@FunctionalInterface
interface Weights {

  /** The float32 values of one parameter, owned by {@code manager} and safe to change in place. */
  NDArray read(NDManager manager, String name, Shape shape);
}
