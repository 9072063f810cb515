package org.omnirad.tensor;

import static org.omnirad.tensor.TorchFunctions.run;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;

/**
 * Linear classifiers trained side by side on the same batches by stochastic gradient descent, each
 * at its own learning rate: they share every product with the features, so that a grid of rates
 * costs little more than one of them.
 */
public final class LinearClassifiers implements AutoCloseable {

  private final NDManager manager;
  private final int classes;
  private final int count;
  private final boolean sigmoid;
  private final NDArray weight;
  private final NDArray bias;
  private final NDArray weightMomentum;
  private final NDArray biasMomentum;
  private final NDArray rates;

  /**
   * Classifiers with momenta of zero.
   *
   * @param start D x K first weights, the same for all; biases start at zero
   * @param learningRates R, one for each classifier
   * @param sigmoid whether each class is a question of its own (binary cross-entropy, the mean over
   *     classes), instead of one of K (cross-entropy after a softmax)
   */
  public LinearClassifiers(
      NDManager parent, float[][] start, double[] learningRates, boolean sigmoid) {
    int dim = start.length;
    classes = start[0].length;
    count = learningRates.length;
    this.sigmoid = sigmoid;
    manager = parent.newSubManager();
    float[] weights = new float[Math.multiplyExact(dim, count * classes)];
    float[] rate = new float[count * classes];
    for (int r = 0; r < count; r++) {
      for (int d = 0; d < dim; d++) {
        System.arraycopy(start[d], 0, weights, (d * count + r) * classes, classes);
      }
      Arrays.fill(rate, r * classes, (r + 1) * classes, (float) learningRates[r]);
    }
    weight = manager.create(weights, new Shape(dim, (long) count * classes));
    bias = manager.zeros(new Shape((long) count * classes));
    weightMomentum = manager.zeros(weight.getShape());
    biasMomentum = manager.zeros(bias.getShape());
    rates = manager.create(rate);
  }

  /**
   * Some steps.
   *
   * @param x (N, D) features
   * @param targets (N, K) probabilities
   * @param order S x B, the rows of each step's batch
   * @param factors S, multiply the learning rates
   * @param momentum of the gradients, in [0, 1)
   */
  public void train(NDArray x, NDArray targets, long[][] order, float[] factors, double momentum) {
    long[] rows = Arrays.stream(order).flatMapToLong(Arrays::stream).toArray();
    try (NDManager step = manager.newSubManager()) {
      run(
          "probe_steps",
          tensor(x),
          tensor(targets),
          tensor(step.create(rows, new Shape(order.length, order[0].length))),
          tensor(weight),
          tensor(bias),
          tensor(weightMomentum),
          tensor(biasMomentum),
          tensor(rates),
          tensor(step.create(factors)),
          IValue.from(momentum),
          IValue.from(sigmoid));
    }
  }

  /** The logits of all classifiers, (N, D) to (N, R K), owned by the manager of {@code x}. */
  public NDArray logits(NDArray x) {
    try (NDArray products = x.matMul(weight)) {
      return products.add(bias);
    }
  }

  /** The weights of classifier {@code r}, K x D. */
  public float[][] weight(int r) {
    float[] all = weight.toFloatArray();
    int columns = count * classes;
    float[][] result = new float[classes][all.length / columns];
    for (int k = 0; k < classes; k++) {
      for (int d = 0; d < result[k].length; d++) {
        result[k][d] = all[d * columns + r * classes + k];
      }
    }
    return result;
  }

  /** The biases of classifier {@code r}, K. */
  public float[] bias(int r) {
    return Arrays.copyOfRange(bias.toFloatArray(), r * classes, (r + 1) * classes);
  }

  /** Frees the native memory. */
  @Override
  public void close() {
    manager.close();
  }

  private static IValue tensor(NDArray array) {
    return IValue.from((PtNDArray) array);
  }
}
