package org.omnirad.tensor;

import static org.omnirad.tensor.TorchFunctions.call;
import static org.omnirad.tensor.TorchFunctions.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * Operations of convolutional networks and of their losses. As in {@link Ops}, gradients flow where
 * the gradient mode is on, and results are attached to the manager of the first argument.
 *
 * <p>A convolution with batch norm has five weights: kernel (C', C / groups, k, k), then scale,
 * shift, running mean and running variance (C'). In training the norm is by the batch and the
 * running values follow it in place by a tenth (momentum 0.1); otherwise the norm is folded into
 * the kernel. It adds 1e-5 to the variance.
 */
public final class ConvOps {

  /** What follows a convolution. */
  public enum Activation {
    NONE(0),
    RELU(1),
    SILU(2),
    GELU(3);

    private final int number;

    Activation(int number) {
      this.number = number;
    }
  }

  private ConvOps() {}

  /**
   * A convolution, padded by half its kernel, with batch norm and an activation.
   *
   * @param x (B, C, H, W) float32
   * @param weights the five
   * @return (B, C', H / stride, W / stride) float32, rounded up
   */
  public static NDArray convNorm(
      NDArray x,
      NDList weights,
      int stride,
      int groups,
      Activation activation,
      boolean training,
      Precision precision) {
    return call(
        "conv_norm",
        x,
        weights,
        constant(stride),
        constant(groups),
        constant(activation.number),
        truth(training),
        Ops.dtype(precision));
  }

  /**
   * SiLU of the sum of a 3 x 3 and a 1 x 1 convolution, each with batch norm (Ding et al. 2021).
   *
   * @param x (B, C, H, W) float32
   * @param weights the five of the 3 x 3 convolution, then those of the other
   * @return (B, C', H, W) float32
   */
  public static NDArray repConv(NDArray x, NDList weights, boolean training, Precision precision) {
    return call("rep_conv", x, weights, truth(training), Ops.dtype(precision));
  }

  /** Resizes (B, C, h, w) to (B, C, height, width), bilinear without antialiasing. */
  public static NDArray interpolate(NDArray x, int height, int width) {
    return call("interpolate", x, constant(height), constant(width));
  }

  /**
   * {@code fine} (B, C, 2h, 2w) and, to each of its pixels, that of {@code coarse} (B, C, h, w).
   */
  public static NDArray addDoubled(NDArray fine, NDArray coarse) {
    return call("add_doubled", fine, coarse);
  }

  /**
   * Tokens and convolutional features, both resized to {@code scale x grid} pixels, through a 1 x 1
   * convolution and batch norm, resized to {@code side} pixels.
   *
   * @param tokens (B, prefix + grid x grid, D)
   * @param prior (B, C, h, w)
   * @param weights the five, for D + C channels
   * @return (B, C', side, side)
   */
  public static NDArray fuseLevel(
      NDArray tokens,
      NDArray prior,
      NDList weights,
      int prefix,
      int grid,
      int scale,
      int side,
      boolean training,
      Precision precision) {
    var all = new NDList(weights);
    all.add(prior);
    return call(
        "fuse_level",
        tokens,
        all,
        constant(prefix),
        constant(grid),
        constant(scale),
        constant(side),
        truth(training),
        Ops.dtype(precision));
  }

  /**
   * A post-norm transformer layer (Vaswani et al. 2017) with GELU, whose queries and keys have a
   * position added.
   *
   * @param x (B, N, D) float32
   * @param weights in this order: weight (3D, D) and bias (3D) of queries, keys and values; weight
   *     (D, D) and bias of their projection; first norm (D), (D); two linear layers, (F, D), (F),
   *     (D, F), (D); second norm
   * @param position (1, N, D)
   * @return (B, N, D) float32
   */
  public static NDArray postNormLayer(
      NDArray x, NDList weights, NDArray position, int heads, Precision precision) {
    return call("post_norm_layer", x, weights, position, constant(heads), Ops.dtype(precision));
  }

  /**
   * The mean cross-entropy of all pixels in nats.
   *
   * @param logits (B, K, H, W)
   * @param target (B, H, W) uint8, classes below K
   */
  public static NDArray pixelCrossEntropy(NDArray logits, NDArray target) {
    return call("pixel_cross_entropy", logits, target);
  }

  /**
   * The soft Dice loss (Milletari et al. 2016), {@code 1 - (2 sum p t + 1) / (sum p + sum t + 1)}
   * of each image and each class but 0, in the mean.
   *
   * @param logits (B, K, H, W)
   * @param target (B, H, W) uint8, classes below K
   */
  public static NDArray diceLoss(NDArray logits, NDArray target) {
    return call("dice_loss", logits, target);
  }

  private static NDArray truth(boolean value) {
    return constant(value ? 1 : 0);
  }
}
