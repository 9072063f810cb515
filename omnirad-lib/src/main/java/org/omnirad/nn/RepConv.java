package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import org.omnirad.tensor.ConvOps;
import org.omnirad.tensor.ConvOps.Activation;

/**
 * SiLU of a 3 x 3 and a 1 x 1 convolution side by side (RepVGG, Ding et al. 2021), (B, C, H, W) to
 * (B, C, H, W). Outside training both are computed as one 3 x 3 convolution.
 */
public final class RepConv extends Layer {

  private final ConvNorm wide;
  private final ConvNorm narrow;

  /** Two convolutions of {@code channels}. */
  public RepConv(int channels) {
    wide = layer("conv1", new ConvNorm(channels, channels, 3, Activation.NONE));
    narrow = layer("conv2", new ConvNorm(channels, channels, 1, Activation.NONE));
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    NDList weights = wide.weights(store, x, training);
    weights.addAll(narrow.weights(store, x, training));
    return ConvOps.repConv(x, weights, training, wide.precision());
  }
}
