package org.omnirad.probe;

import java.util.Arrays;
import org.omnirad.metric.Task;
import smile.classification.LogisticRegression;

/** The one class of this package that knows Smile. */
final class SmileLogisticRegression {

  private SmileLogisticRegression() {}

  /**
   * Fits linear heads with a penalty on the length of their weights, biases left out.
   *
   * @param x N x D
   * @param targets N labels, as those of a sample
   * @param classes K, all of which occur
   */
  static LinearHead fit(
      double[][] x,
      int[][] targets,
      int classes,
      Task task,
      double inversePenalty,
      LogisticRegressionConfig config) {
    var options =
        new LogisticRegression.Options(1 / inversePenalty, config.tolerance(), config.maxSteps());
    float[][] weight = new float[classes][x[0].length];
    float[] bias = new float[classes];
    if (task == Task.MULTI_LABEL) {
      for (int k = 0; k < classes; k++) {
        int finding = k;
        int[] y = Arrays.stream(targets).mapToInt(target -> target[finding]).toArray();
        set(weight[k], bias, k, LogisticRegression.binomial(x, y, options).coefficients());
      }
      return new LinearHead(weight, bias, task);
    }
    int[] y = Arrays.stream(targets).mapToInt(target -> target[0]).toArray();
    if (classes == 2) {
      set(weight[1], bias, 1, LogisticRegression.binomial(x, y, options).coefficients());
    } else {
      // The last class is the one that the others are compared with.
      double[][] rows = LogisticRegression.multinomial(x, y, options).coefficients();
      for (int k = 0; k < rows.length; k++) {
        set(weight[k], bias, k, rows[k]);
      }
    }
    return new LinearHead(weight, bias, task);
  }

  // Smile keeps the bias behind the weights.
  private static void set(float[] weight, float[] bias, int k, double[] coefficients) {
    for (int d = 0; d < weight.length; d++) {
      weight[d] = (float) coefficients[d];
    }
    bias[k] = (float) coefficients[weight.length];
  }
}
