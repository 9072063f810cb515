package org.omnirad.tensor;

import ai.djl.ndarray.types.Shape;

/**
 * What a safetensors file says of one tensor.
 *
 * @param type the element type in the file
 * @param shape the lengths of its axes; empty for a scalar
 */
public record TensorInfo(TensorType type, Shape shape) {

  /** The number of elements. */
  public long size() {
    return shape.size();
  }
}
