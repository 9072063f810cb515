package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A DJL block with one input and one output whose parameters carry timm's names, such as {@code
 * blocks.0.attn.qkv.weight}.
 */
public abstract class Layer extends AbstractBlock {

  private final Map<String, Parameter> own = new LinkedHashMap<>();
  private final Map<String, Layer> layers = new LinkedHashMap<>();

  /** Adds a parameter of a fixed shape. */
  protected final Parameter parameter(String name, long... shape) {
    Parameter parameter =
        addParameter(
            Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.OTHER)
                .optShape(new Shape(shape))
                .build());
    own.put(name, parameter);
    return parameter;
  }

  /**
   * Adds a layer whose parameters take {@code name} and a dot before their names; one without a
   * name takes {@code name} alone.
   */
  protected final <L extends Layer> L layer(String name, L layer) {
    addChildBlock(name, layer);
    layers.put(name, layer);
    return layer;
  }

  /** Every parameter of this layer and the layers in it by its timm name, in the layers' order. */
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
  final Map<String, Layer> namedLayers() {
    var all = new LinkedHashMap<String, Layer>();
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
