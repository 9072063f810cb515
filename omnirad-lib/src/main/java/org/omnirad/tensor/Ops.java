package org.omnirad.tensor;

import static org.omnirad.tensor.TorchFunctions.call;
import static org.omnirad.tensor.TorchFunctions.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.Locale;

/**
 * Tensor operations that the engine's Java interface lacks. Gradients flow to every float input
 * where the gradient mode is on. Results are attached to the manager of the first argument, the
 * activation.
 */
public final class Ops {

  // PyTorch's numbers of its types.
  private static final int FLOAT32 = 6;
  private static final int BFLOAT16 = 15;

  private Ops() {}

  /**
   * One pre-norm transformer block (Dosovitskiy et al. 2021, with LayerScale): attention and MLP
   * branch.
   *
   * @param x (B, N, D) float32
   * @param weights in this order: norm1 weight and bias (D), qkv weight (3D, D) and bias (3D), proj
   *     weight (D, D) and bias (D), first LayerScale (D), norm2 weight and bias (D), fc1 weight (F,
   *     D) and bias (F), fc2 weight (D, F) and bias (D), second LayerScale (D); then, where
   *     positions are rotary, those of the N tokens (2, N, D / heads)
   * @param heads number of attention heads, a divisor of D
   * @param eps added to the variance in both norms
   * @return (B, N, D) float32, whatever the precision inside
   */
  public static NDArray transformerBlock(
      NDArray x, NDList weights, int heads, float eps, Precision precision) {
    return call("block", x, weights, constant(heads), constant(eps), dtype(precision));
  }

  /**
   * The same block with a low-rank adapter beside each of its four linear layers (LoRA, Hu et al.
   * 2021): {@code y = W h + b + scale B A dropout(h)}.
   *
   * @param weights with the adapters after the 14: A (rank, in) and B (out, rank) of qkv, proj, fc1
   *     and fc2
   * @param dropout probability that a value of h does not reach A, drawn by the engine's generator;
   *     0 where the model is not trained
   */
  public static NDArray loraBlock(
      NDArray x,
      NDList weights,
      int heads,
      float eps,
      Precision precision,
      float scale,
      float dropout) {
    return call(
        "block_lora",
        x,
        weights,
        constant(heads),
        constant(eps),
        dtype(precision),
        constant(scale),
        constant(dropout));
  }

  /**
   * The same block with each branch computed on some rows of the batch only and scaled up by B /
   * rows: stochastic depth on a batch subset (DINOv2).
   *
   * @param attentionRows (R) int64, the rows whose attention branch is computed
   * @param mlpRows (R) int64, the rows whose MLP branch is computed
   */
  public static NDArray transformerBlock(
      NDArray x,
      NDList weights,
      NDArray attentionRows,
      NDArray mlpRows,
      int heads,
      float eps,
      Precision precision) {
    return call(
        "block_on_rows",
        x,
        weights,
        attentionRows,
        mlpRows,
        constant(heads),
        constant(eps),
        dtype(precision));
  }

  /**
   * Puts a token in place of masked patches.
   *
   * @param patches (B, N, D)
   * @param mask (B, N) bool, true where a patch is hidden
   * @param token (1, D)
   * @return (B, N, D)
   */
  public static NDArray maskPatches(NDArray patches, NDArray mask, NDArray token) {
    return call("mask_patches", patches, mask, token);
  }

  /**
   * DINO's projection head: linear, GELU, linear, GELU, linear to the bottleneck, L2 norm,
   * weight-normalised prototypes.
   *
   * @param x (M, D)
   * @param weights of the three layers, weight (out, in) and bias (out) each, then the scale (K, 1)
   *     and direction (K, bottleneck) of the prototypes
   * @return logits (M, K) float32, whatever the precision inside
   */
  public static NDArray projectionHead(NDArray x, NDList weights, Precision precision) {
    return call("projection_head", x, weights, dtype(precision));
  }

  /**
   * Cross-entropy of each row: {@code -sum_k targets_k log softmax(logits / temperature)_k}. Only
   * the logits get a gradient.
   *
   * @param logits (M, K)
   * @param targets (M, K) probabilities, rows sum to 1
   * @return (M) in nats
   */
  public static NDArray softCrossEntropy(NDArray logits, NDArray targets, double temperature) {
    return call("soft_cross_entropy", logits, targets, number(logits, temperature));
  }

  /**
   * Cross-entropy of each question by itself, after a sigmoid.
   *
   * @param targets (M, K) zeros and ones
   * @return (M, K) in nats
   */
  public static NDArray binaryCrossEntropy(NDArray logits, NDArray targets) {
    return call("binary_cross_entropy", logits, targets);
  }

  /**
   * {@code softmax((logits - centre) / temperature)} of each row, in place of the logits.
   *
   * @param logits (M, K)
   * @param centre (K)
   * @return the logits' array, rows sum to 1
   */
  public static NDArray centredSoftmax(NDArray logits, NDArray centre, double temperature) {
    return call("centred_softmax", logits, centre, number(logits, temperature));
  }

  /**
   * Sinkhorn-Knopp (Caron et al. 2020): {@code exp(logits / temperature)} with the shares of the
   * prototypes and of the samples made equal in turn. The shares take the place of the logits.
   *
   * @param logits (M, K)
   * @return the logits' array, rows sum to 1
   */
  public static NDArray sinkhorn(NDArray logits, double temperature, int rounds) {
    return call("sinkhorn", logits, number(logits, temperature), constant(rounds));
  }

  /**
   * The KoLeo regulariser (Sablayrolles et al. 2019): minus the mean logarithm of the distance of
   * each row, scaled to norm 1, from its nearest other row.
   *
   * @param x (B, D), B at least 2
   * @return a scalar
   */
  public static NDArray koleo(NDArray x) {
    return call("koleo", x);
  }

  /** The entropy of each row of probabilities in nats, (M, K) to (M). */
  public static NDArray entropy(NDArray probabilities) {
    return call("entropy", probabilities);
  }

  /**
   * Resizes images with antialiasing, corners not aligned, as PyTorch does with {@code
   * antialias=True}.
   *
   * @param x (B, C, H, W) float32
   * @return (B, C, height, width); bicubic results can leave the range of the input
   */
  public static NDArray resize(NDArray x, int height, int width, Interpolation interpolation) {
    return call(
        "resize_" + interpolation.name().toLowerCase(Locale.ROOT),
        x,
        constant(height),
        constant(width));
  }

  /** Pixels (B, H, W, 3) uint8 to (B, 3, H, W) float32 from 0 to 255. */
  public static NDArray channelsFirst(NDArray pixels) {
    return call("channels_first", pixels);
  }

  /**
   * Puts the class token before the patches and adds the position embedding, resampled as timm does
   * where the grid of patches differs from its own.
   *
   * @param patches (B, height x width, D)
   * @param clsToken (1, 1, D)
   * @param posEmbed (1, 1 + grid x grid, D)
   * @return (B, 1 + height x width, D)
   */
  public static NDArray embedTokens(
      NDArray patches, NDArray clsToken, NDArray posEmbed, int grid, int height, int width) {
    return call(
        "embed_tokens",
        patches,
        clsToken,
        posEmbed,
        constant(grid),
        constant(height),
        constant(width));
  }

  /**
   * Puts the class token and the registers before the patches.
   *
   * @param patches (B, N, D)
   * @param clsToken (1, 1, D)
   * @param registers (1, R, D)
   * @return (B, 1 + R + N, D)
   */
  public static NDArray prependTokens(NDArray patches, NDArray clsToken, NDArray registers) {
    return call("prepend_tokens", patches, clsToken, registers);
  }

  /**
   * DINOv3's rotary positions (Siméoni et al. 2025, after Su et al. 2021) of a grid of patches,
   * relative to its size, as timm computes them.
   *
   * @param x whose manager and device the result has
   * @param prefix tokens before the patches, which have no position
   * @param headDim features of a head, a multiple of 4
   * @return sine and cosine (2, prefix + height x width, headDim)
   */
  public static NDArray rotaryPositions(NDArray x, int prefix, int height, int width, int headDim) {
    return call(
        "rotary_positions",
        x,
        constant(prefix),
        constant(height),
        constant(width),
        constant(headDim));
  }

  /**
   * The position embedding (1, 1 + grid x grid, D) for another grid: (1, 1 + height x width, D).
   */
  public static NDArray resamplePositions(NDArray posEmbed, int grid, int height, int width) {
    return call("resample_positions", posEmbed, constant(grid), constant(height), constant(width));
  }

  static NDArray dtype(Precision precision) {
    return constant(precision == Precision.BFLOAT16 ? BFLOAT16 : FLOAT32);
  }

  private static NDArray number(NDArray beside, double value) {
    return beside.getManager().create((float) value);
  }
}
