package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A DJL block whose parameters have PyTorch's names, such as {@code blocks.0.attn.qkv.weight}: the
 * names of the layers they are in, from outside, and their own.
 */
public abstract class ParameterTree extends AbstractBlock {

  private final Map<String, Parameter> own = new LinkedHashMap<>();
  private final Map<String, ParameterTree> layers = new LinkedHashMap<>();

  /** Adds a parameter of a fixed shape. */
  protected final Parameter parameter(String name, long... shape) {
    return parameter(name, true, shape);
  }

  /** Adds what is kept with the parameters, but not trained, such as a running mean. */
  protected final Parameter statistic(String name, long... shape) {
    return parameter(name, false, shape);
  }

  private Parameter parameter(String name, boolean trained, long... shape) {
    Parameter parameter =
        addParameter(
            Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.OTHER)
                .optRequiresGrad(trained)
                .optShape(new Shape(shape))
                .build());
    own.put(name, parameter);
    return parameter;
  }

  /**
   * Adds a layer whose parameters take {@code name} and a dot before their names; one without a
   * name takes {@code name} alone.
   */
  protected final <L extends ParameterTree> L layer(String name, L layer) {
    addChildBlock(name, layer);
    layers.put(name, layer);
    return layer;
  }

  /** Every parameter of this layer and the layers in it by its name, in the layers' order. */
  public final Map<String, Parameter> namedParameters() {
    var all = new LinkedHashMap<>(own);
    layers.forEach(
        (name, layer) ->
            layer
                .namedParameters()
                .forEach((key, value) -> all.put(key.isEmpty() ? name : name + "." + key, value)));
    return all;
  }

  /** Every layer in this one by the name that its parameters take, outer layers first. */
  public final Map<String, ParameterTree> namedLayers() {
    var all = new LinkedHashMap<String, ParameterTree>();
    layers.forEach(
        (name, layer) -> {
          all.put(name, layer);
          layer.namedLayers().forEach((key, inner) -> all.put(name + "." + key, inner));
        });
    return all;
  }

  /** The values on the device of {@code x}. */
  protected static NDArray value(
      ParameterStore store, Parameter parameter, NDArray x, boolean training) {
    return store.getValue(parameter, x.getDevice(), training);
  }

  @Override
  protected final void initializeChildBlocks(
      NDManager manager, DataType dataType, Shape... inputShapes) {
    layers.values().forEach(layer -> layer.initialize(manager, dataType, inputShapes));
  }

  /** The shape of the input, unless a layer says otherwise. */
  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return inputShapes;
  }
}
