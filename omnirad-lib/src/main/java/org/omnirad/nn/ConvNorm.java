package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.List;
import org.omnirad.tensor.ConvOps;
import org.omnirad.tensor.ConvOps.Activation;
import org.omnirad.tensor.Precision;

/**
 * A convolution without bias, batch norm and an activation, (B, C, H, W) to (B, C', H / stride, W /
 * stride), rounded up. Outside training the norm is folded into the convolution.
 */
public final class ConvNorm extends Layer {

  private final int out;
  private final int stride;
  private final int groups;
  private final Activation activation;
  private final List<Parameter> weights;
  private Precision precision = Precision.FLOAT32;

  /**
   * A convolution from {@code in} to {@code out} channels, padded by half its kernel.
   *
   * @param kernel side of the kernel, odd
   * @param groups 1; or {@code in}, equal to {@code out}, where each channel is for itself
   */
  public ConvNorm(int in, int out, int kernel, int stride, int groups, Activation activation) {
    this.out = out;
    this.stride = stride;
    this.groups = groups;
    this.activation = activation;
    weights =
        List.of(
            parameter("conv.weight", out, in / groups, kernel, kernel),
            parameter("norm.weight", out),
            parameter("norm.bias", out),
            statistic("norm.running_mean", out),
            statistic("norm.running_var", out));
  }

  /** The same of stride 1, all channels together. */
  public ConvNorm(int in, int out, int kernel, Activation activation) {
    this(in, out, kernel, 1, 1, activation);
  }

  /** Sets the number format inside; the result stays float32. */
  public void setPrecision(Precision precision) {
    this.precision = precision;
  }

  /** The number format inside. */
  public Precision precision() {
    return precision;
  }

  /** Kernel, scale, shift, running mean and variance on the device of {@code x}. */
  public NDList weights(ParameterStore store, NDArray x, boolean training) {
    return new NDList(weights.stream().map(p -> value(store, p, x, training)).toList());
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    NDList five = weights(store, x, training);
    return ConvOps.convNorm(x, five, stride, groups, activation, training, precision);
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape in = inputShapes[0];
    return new Shape[] {
      new Shape(in.get(0), out, (in.get(2) - 1) / stride + 1, (in.get(3) - 1) / stride + 1)
    };
  }
}
