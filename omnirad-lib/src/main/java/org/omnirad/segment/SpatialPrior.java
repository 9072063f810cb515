package org.omnirad.segment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.omnirad.nn.ConvNorm;
import org.omnirad.nn.ParameterTree;
import org.omnirad.tensor.ConvOps;

/**
 * The convolutional spatial prior: images (B, 3, S, S) to what a Vision Transformer's patches are
 * too coarse for, (B, 2c, S/8, S/8), (B, 4c, S/16, S/16) and (B, 4c, S/32, S/32).
 */
final class SpatialPrior extends ParameterTree {

  private final ConvNorm stem;
  private final ConvNorm conv2;
  private final ConvNorm conv3;
  private final ConvNorm conv4;

  /** A prior whose stem has {@code c} channels. */
  SpatialPrior(int c) {
    stem = layer("stem", strided(3, c, ConvOps.Activation.GELU));
    conv2 = layer("conv2", strided(c, 2 * c, ConvOps.Activation.NONE));
    conv3 = layer("conv3", strided(2 * c, 4 * c, ConvOps.Activation.NONE));
    conv4 = layer("conv4", strided(4 * c, 4 * c, ConvOps.Activation.NONE));
  }

  private static ConvNorm strided(int in, int out, ConvOps.Activation activation) {
    return new ConvNorm(in, out, 3, 2, 1, activation);
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray wide = stem.forward(store, inputs.singletonOrThrow(), training);
    NDArray pooled =
        Pool.maxPool2d(wide, new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false); // S/4
    NDArray fine = conv2.forward(store, pooled, training);
    NDArray middle = conv3.forward(store, Activation.gelu(fine), training);
    NDArray coarse = conv4.forward(store, Activation.gelu(middle), training);
    return new NDList(fine, middle, coarse);
  }
}
