package org.omnirad.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.omnirad.tensor.ParameterOps;

/**
 * AdamW (Loshchilov and Hutter 2019) as PyTorch computes it, over groups of parameters that have
 * their own learning rate and weight decay, with gradient clipping by the norm of each module.
 */
public final class AdamW {

  /** PyTorch's default. */
  public static final double BETA1 = 0.9;

  /** PyTorch's default. */
  public static final double BETA2 = 0.999;

  /** PyTorch's default, added to the root of the second moment. */
  public static final double EPS = 1e-8;

  // PyTorch's clip_grad_norm_ adds it to the norm.
  private static final double CLIP_EPS = 1e-6;

  /** A group with its moments. */
  private record State(
      ParameterGroup group, List<NDArray> means, List<NDArray> squares, List<NDArray> steps) {}

  private final NDManager manager;
  private final List<State> states = new ArrayList<>();
  private final Map<String, List<NDArray>> modules;
  private final Map<String, NDArray> named = new LinkedHashMap<>();

  /**
   * Starts with moments of zero.
   *
   * @param manager holds the moments, twice the parameters' memory
   * @throws IllegalArgumentException where a name stands in two groups
   */
  public AdamW(NDManager manager, List<ParameterGroup> groups) {
    this.manager = manager;
    for (ParameterGroup group : groups) {
      var state = new State(group, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      group.parameters().forEach((name, parameter) -> add(state, name, parameter));
      states.add(state);
    }
    modules =
        groups.stream()
            .collect(
                Collectors.groupingBy(
                    ParameterGroup::module,
                    LinkedHashMap::new,
                    Collectors.flatMapping(
                        g -> g.parameters().values().stream(), Collectors.toList())));
  }

  private void add(State state, String name, NDArray parameter) {
    state.means.add(put(name + ".mean", parameter.getShape()));
    state.squares.add(put(name + ".square", parameter.getShape()));
    state.steps.add(put(name + ".steps", new Shape()));
  }

  private NDArray put(String name, Shape shape) {
    NDArray zeros = manager.zeros(shape);
    if (named.put(name, zeros) != null) {
      throw new IllegalArgumentException("two parameters make the state " + name);
    }
    return zeros;
  }

  /** The L2 norm of the gradients of each module, before clipping. */
  public Map<String, Double> gradientNorms() {
    var norms = new LinkedHashMap<String, Double>();
    modules.forEach((module, arrays) -> norms.put(module, ParameterOps.gradientNorm(arrays)));
    return norms;
  }

  /**
   * One step; every parameter must have a gradient.
   *
   * @param norms what {@link #gradientNorms} gave for these gradients
   * @param maxNorm gradients of a module above this norm are scaled down to it
   * @param learningRate of each group, its factor included
   * @param weightDecay before the group's factor
   */
  public void step(
      Map<String, Double> norms,
      double maxNorm,
      ToDoubleFunction<ParameterGroup> learningRate,
      double weightDecay) {
    for (State state : states) {
      ParameterGroup group = state.group;
      double norm = norms.get(group.module());
      // The divisor of the gradients that PyTorch's clipping comes to.
      double divisor = Math.max(1, (norm + CLIP_EPS) / maxNorm);
      try (NDArray clip = manager.create((float) divisor)) {
        ParameterOps.adamw(
            group.arrays(),
            state.means,
            state.squares,
            state.steps,
            learningRate.applyAsDouble(group),
            BETA1,
            BETA2,
            weightDecay * group.weightDecayFactor(),
            EPS,
            clip);
      }
    }
  }

  /** Sets the gradients to zero; until then those of several backward passes add up. */
  public void zeroGradients() {
    modules.values().forEach(ParameterOps::zeroGradients);
  }

  /** The moments and step counts by the parameters' names, for a checkpoint; changed in place. */
  public Map<String, NDArray> state() {
    return Collections.unmodifiableMap(named);
  }
}
