package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.Optional;

/**
 * Multi-head self-attention (Vaswani et al. 2017), (B, N, D) to (B, N, D). Where positions are
 * rotary, queries and keys are turned by them, and only queries and values have a bias, in
 * parameters of their own (DINOv3, in timm's names).
 */
public final class Attention extends Layer {

  final Linear qkv;
  final Linear proj;
  final int numHeads;
  private final int dim;
  private final Optional<Parameter> queryBias;
  private final Optional<Parameter> valueBias;

  /**
   * Attention of {@code numHeads} heads over {@code dim} features, a multiple of {@code numHeads}.
   */
  public Attention(int dim, int numHeads, boolean rotary) {
    this.dim = dim;
    this.numHeads = numHeads;
    queryBias = rotary ? Optional.of(parameter("q_bias", dim)) : Optional.empty();
    valueBias = rotary ? Optional.of(parameter("v_bias", dim)) : Optional.empty();
    qkv = layer("qkv", new Linear(dim, 3 * dim, !rotary));
    proj = layer("proj", new Linear(dim, dim));
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    return withWeights(store, x, Optional.empty(), training).get(0);
  }

  /** The bias (3D) of queries, keys and values. */
  NDArray bias(ParameterStore store, NDArray x, boolean training) {
    if (queryBias.isEmpty()) {
      return qkv.bias(store, x, training);
    }
    NDArray none = x.getManager().zeros(new Shape(dim));
    NDArray query = none.add(value(store, queryBias.get(), x, training));
    return query.concat(none).concat(none.add(value(store, valueBias.get(), x, training)));
  }

  /**
   * Attention step by step, so that the weights can be seen.
   *
   * @param x (B, N, D)
   * @param rotary sine and cosine (2, N, D / heads) of the tokens' positions
   * @return the output (B, N, D), and the weights (B, heads, N, N), of which each row sums to 1
   */
  NDList withWeights(ParameterStore store, NDArray x, Optional<NDArray> rotary, boolean training) {
    long b = x.getShape().get(0);
    long n = x.getShape().get(1);
    long headDim = dim / numHeads;
    NDArray mixed = qkv.forward(store, x, training);
    NDArray biased = queryBias.isEmpty() ? mixed : mixed.add(bias(store, x, training));
    NDArray parts =
        biased
            .reshape(b, n, 3, numHeads, headDim)
            .transpose(2, 0, 3, 1, 4); // (3, B, heads, N, headDim)
    NDArray q = turned(parts.get(0), rotary).mul(1 / Math.sqrt((double) headDim));
    NDArray k = turned(parts.get(1), rotary);
    NDArray weights = q.matMul(k.swapAxes(2, 3)).softmax(-1); // (B, heads, N, N)
    NDArray out = weights.matMul(parts.get(2)).transpose(0, 2, 1, 3).reshape(b, n, dim);
    return new NDList(proj.forward(store, out, training), weights);
  }

  /** Features k and k + headDim/2 of x (B, heads, N, headDim) turned as a point of the plane. */
  private static NDArray turned(NDArray x, Optional<NDArray> rotary) {
    if (rotary.isEmpty()) {
      return x;
    }
    NDList halves = x.split(2, 3);
    NDArray quarter = halves.get(1).neg().concat(halves.get(0), 3);
    return x.mul(rotary.get().get(1)).add(quarter.mul(rotary.get().get(0)));
  }
}
