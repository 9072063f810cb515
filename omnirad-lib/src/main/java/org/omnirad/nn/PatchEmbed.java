package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import java.util.Optional;

/**
 * Cuts images into patches and embeds each: (B, 3, H, W) to (B, H/patch x W/patch, D), rows from
 * the top.
 */
public final class PatchEmbed extends Layer {

  private final int patchSize;
  private final int dim;
  private final Parameter weight;
  private final Optional<Parameter> bias;

  /**
   * Embeds square patches of {@code patchSize} pixels with {@code dim} features.
   *
   * @param hasBias whether a bias is added
   */
  public PatchEmbed(int patchSize, int dim, boolean hasBias) {
    this.patchSize = patchSize;
    this.dim = dim;
    weight = parameter("proj.weight", dim, 3, patchSize, patchSize);
    bias = hasBias ? Optional.of(parameter("proj.bias", dim)) : Optional.empty();
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    NDArray grid =
        Conv2d.conv2d(
                x,
                value(store, weight, x, training),
                bias.map(b -> value(store, b, x, training)).orElse(null),
                new Shape(patchSize, patchSize))
            .singletonOrThrow(); // (B, D, H/patch, W/patch)
    return grid.reshape(grid.getShape().get(0), dim, -1).swapAxes(1, 2); // (B, N, D)
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape in = inputShapes[0];
    return new Shape[] {new Shape(in.get(0), in.get(2) / patchSize * (in.get(3) / patchSize), dim)};
  }
}
