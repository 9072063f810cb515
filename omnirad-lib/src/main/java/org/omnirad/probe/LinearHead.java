package org.omnirad.probe;

import java.util.Arrays;
import org.omnirad.metric.Task;

/**
 * A linear layer and what makes probabilities of its logits: a softmax, or for a multi-label task a
 * sigmoid.
 *
 * @param weight K x D
 * @param bias K
 * @param task what the K outputs mean
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record LinearHead(float[][] weight, float[] bias, Task task) {

  /** Checks that the shapes fit. */
  public LinearHead {
    if (weight.length == 0 || weight.length != bias.length) {
      throw new IllegalArgumentException(
          "weights of %d classes and biases of %d".formatted(weight.length, bias.length));
    }
  }

  /**
   * A head from its weights row by row.
   *
   * @param flat K x D values
   */
  public static LinearHead of(float[] flat, float[] bias, Task task) {
    float[][] weight = new float[bias.length][];
    int dim = flat.length / bias.length;
    Arrays.setAll(weight, k -> Arrays.copyOfRange(flat, k * dim, (k + 1) * dim));
    return new LinearHead(weight, bias, task);
  }

  /** The weights row by row, K x D values. */
  public float[] flatWeight() {
    float[] flat = new float[weight.length * dim()];
    for (int k = 0; k < weight.length; k++) {
      System.arraycopy(weight[k], 0, flat, k * dim(), dim());
    }
    return flat;
  }

  /** D, the length of a feature vector. */
  public int dim() {
    return weight[0].length;
  }

  /** D features to K probabilities, which sum to 1 but for a multi-label task. */
  public float[] probabilities(float[] features) {
    float[] logits = bias.clone();
    for (int k = 0; k < logits.length; k++) {
      double sum = 0;
      for (int d = 0; d < features.length; d++) {
        sum += (double) weight[k][d] * features[d];
      }
      logits[k] += (float) sum;
    }
    return probabilities(logits, task);
  }

  static float[] probabilities(float[] logits, Task task) {
    boolean findings = task == Task.MULTI_LABEL;
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    float[] p = new float[logits.length];
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      double exp = Math.exp(logits[k] - largest);
      p[k] = (float) (findings ? 1 / (1 + Math.exp(-logits[k])) : exp);
      sum += exp;
    }
    for (int k = 0; k < p.length && !findings; k++) {
      p[k] = (float) (p[k] / sum);
    }
    return p;
  }
}
