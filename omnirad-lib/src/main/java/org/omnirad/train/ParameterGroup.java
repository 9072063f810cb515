package org.omnirad.train;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters that are trained alike.
 *
 * @param module the part of the model whose gradients are clipped together, such as "backbone"
 * @param learningRateFactor multiplies the learning rate
 * @param weightDecayFactor multiplies the weight decay; 0 for biases, norms and scales
 * @param parameters float32 arrays by name; each is updated in place
 */
public record ParameterGroup(
    String module,
    double learningRateFactor,
    double weightDecayFactor,
    Map<String, NDArray> parameters) {

  /** Copies the map, in its order. */
  public ParameterGroup {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  List<NDArray> arrays() {
    return List.copyOf(parameters.values());
  }
}
