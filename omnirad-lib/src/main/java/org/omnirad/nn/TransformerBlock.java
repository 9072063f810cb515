package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import java.util.Optional;
import java.util.stream.Stream;
import org.omnirad.tensor.Ops;
import org.omnirad.tensor.Precision;

/**
 * A pre-norm transformer block, (B, N, D) to (B, N, D): {@code y = x + ls1(attn(norm1(x)))}, {@code
 * y + ls2(mlp(norm2(y)))}. It runs as one fused operation.
 */
public final class TransformerBlock extends Layer {

  private final LayerNorm norm1;
  private final Attention attn;
  private final Optional<LayerScale> ls1;
  private final LayerNorm norm2;
  private final Mlp mlp;
  private final Optional<LayerScale> ls2;
  private final int dim;
  private final float eps;

  /**
   * A block.
   *
   * @param dim features of a token
   * @param numHeads attention heads, a divisor of {@code dim}
   * @param hidden features inside the MLP
   * @param eps added to the variance in both norms
   * @param layerScale whether both branches end in a LayerScale
   * @param rotary whether attention is made for rotary positions; LayerScale then has the names of
   *     timm's Eva, {@code gamma_1} and {@code gamma_2}
   */
  public TransformerBlock(
      int dim, int numHeads, int hidden, float eps, boolean layerScale, boolean rotary) {
    this.dim = dim;
    this.eps = eps;
    norm1 = layer("norm1", new LayerNorm(dim, eps));
    attn = layer("attn", new Attention(dim, numHeads, rotary));
    ls1 = layerScale ? Optional.of(layerScale(rotary, 1)) : Optional.empty();
    norm2 = layer("norm2", new LayerNorm(dim, eps));
    mlp = layer("mlp", new Mlp(dim, hidden));
    ls2 = layerScale ? Optional.of(layerScale(rotary, 2)) : Optional.empty();
  }

  private LayerScale layerScale(boolean rotary, int branch) {
    return rotary
        ? layer("gamma_" + branch, new LayerScale("", dim))
        : layer("ls" + branch, new LayerScale("gamma", dim));
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    return forward(store, x, Optional.empty(), training, Precision.FLOAT32);
  }

  /**
   * The block in the given precision; {@code x} and the result are float32.
   *
   * @param rotary sine and cosine (2, N, D / heads) of the tokens' positions ({@link
   *     Ops#rotaryPositions}); empty where these were added to the tokens
   */
  public NDArray forward(
      ParameterStore store,
      NDArray x,
      Optional<NDArray> rotary,
      boolean training,
      Precision precision) {
    NDList weights = weights(store, x, rotary, training);
    return attn.qkv
        .adapter()
        .map(
            lora ->
                Ops.loraBlock(
                    x,
                    weights,
                    attn.numHeads,
                    eps,
                    precision,
                    lora.scale(),
                    training ? lora.dropout() : 0))
        .orElseGet(() -> Ops.transformerBlock(x, weights, attn.numHeads, eps, precision));
  }

  /** The block in training, each of its two branches on a part of the batch. */
  public NDArray forward(
      ParameterStore store,
      NDArray x,
      Optional<NDArray> rotary,
      DropPath dropPath,
      Precision precision) {
    if (dropPath.keepsAll()) {
      return forward(store, x, rotary, true, precision);
    }
    if (attn.qkv.adapter().isPresent()) {
      throw new IllegalStateException("a block with adapters drops no branches");
    }
    NDList weights = weights(store, x, rotary, true);
    return Ops.transformerBlock(
        x, weights, dropPath.rows(x), dropPath.rows(x), attn.numHeads, eps, precision);
  }

  /**
   * The block layer by layer in float32, with its attention weights.
   *
   * @return the output (B, N, D), and the weights (B, heads, N, N)
   */
  public NDList withWeights(
      ParameterStore store, NDArray x, Optional<NDArray> rotary, boolean training) {
    NDList branch = attn.withWeights(store, norm1.forward(store, x, training), rotary, training);
    NDArray y = x.add(scaled(ls1, store, branch.get(0), training));
    NDArray z = mlp.forward(store, norm2.forward(store, y, training), training);
    return new NDList(y.add(scaled(ls2, store, z, training)), branch.get(1));
  }

  private NDList weights(
      ParameterStore store, NDArray x, Optional<NDArray> rotary, boolean training) {
    var weights =
        new NDList(
            norm1.weight(store, x, training),
            norm1.bias(store, x, training),
            attn.qkv.weight(store, x, training),
            attn.bias(store, x, training),
            attn.proj.weight(store, x, training),
            attn.proj.bias(store, x, training),
            gamma(ls1, store, x, training),
            norm2.weight(store, x, training),
            norm2.bias(store, x, training),
            mlp.fc1.weight(store, x, training),
            mlp.fc1.bias(store, x, training),
            mlp.fc2.weight(store, x, training),
            mlp.fc2.bias(store, x, training),
            gamma(ls2, store, x, training));
    Stream.of(attn.qkv, attn.proj, mlp.fc1, mlp.fc2)
        .flatMap(linear -> linear.adapter().stream())
        .forEach(lora -> weights.addAll(new NDList(lora.a(), lora.b())));
    rotary.ifPresent(weights::add);
    return weights;
  }

  private NDArray gamma(
      Optional<LayerScale> scale, ParameterStore store, NDArray x, boolean training) {
    return scale
        .map(s -> s.gamma(store, x, training))
        .orElseGet(() -> x.getManager().ones(new ai.djl.ndarray.types.Shape(dim)));
  }

  private static NDArray scaled(
      Optional<LayerScale> scale, ParameterStore store, NDArray x, boolean training) {
    return scale.map(s -> s.forward(store, x, training)).orElse(x);
  }
}
