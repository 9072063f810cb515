package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;

/** Multi-head self-attention (Vaswani et al. 2017), (B, N, D) to (B, N, D). */
public final class Attention extends Layer {

  final Linear qkv;
  final Linear proj;
  final int numHeads;

  /**
   * Attention of {@code numHeads} heads over {@code dim} features, a multiple of {@code numHeads}.
   */
  public Attention(int dim, int numHeads) {
    this.numHeads = numHeads;
    qkv = layer("qkv", new Linear(dim, 3 * dim));
    proj = layer("proj", new Linear(dim, dim));
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    return withWeights(store, x, training).get(0);
  }

  /**
   * Attention step by step, so that the weights can be seen.
   *
   * @param x (B, N, D)
   * @return the output (B, N, D), and the weights (B, heads, N, N), of which each row sums to 1
   */
  NDList withWeights(ParameterStore store, NDArray x, boolean training) {
    long b = x.getShape().get(0);
    long n = x.getShape().get(1);
    long d = x.getShape().get(2);
    long headDim = d / numHeads;
    NDArray parts =
        qkv.forward(store, x, training)
            .reshape(b, n, 3, numHeads, headDim)
            .transpose(2, 0, 3, 1, 4); // (3, B, heads, N, headDim)
    NDArray q = parts.get(0).mul(1 / Math.sqrt((double) headDim));
    NDArray weights = q.matMul(parts.get(1).swapAxes(2, 3)).softmax(-1); // (B, heads, N, N)
    NDArray out = weights.matMul(parts.get(2)).transpose(0, 2, 1, 3).reshape(b, n, d); // (B, N, D)
    return new NDList(proj.forward(store, out, training), weights);
  }
}
