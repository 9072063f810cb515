package org.omnirad.tensor;

import static org.omnirad.tensor.TorchFunctions.list;
import static org.omnirad.tensor.TorchFunctions.run;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/**
 * Operations on many parameters at once, in place. Where they speak of gradients, a backward pass
 * must have reached every parameter.
 */
public final class ParameterOps {

  private ParameterOps() {}

  /** The L2 norm of the gradients of all parameters together. */
  public static double gradientNorm(List<NDArray> parameters) {
    return run("gradient_norm", list(parameters));
  }

  /** Sets the gradients to zero. */
  public static void zeroGradients(List<NDArray> parameters) {
    run("zero_gradients", list(parameters));
  }

  /**
   * One step of AdamW (Loshchilov and Hutter 2019) as PyTorch computes it.
   *
   * @param means first moments, of the parameters' shapes
   * @param squares second moments, of the parameters' shapes
   * @param steps the number of steps done so far for each parameter, float32 scalars; counted up
   * @param divisor a float32 scalar that divides the gradients first
   */
  public static void adamw(
      List<NDArray> parameters,
      List<NDArray> means,
      List<NDArray> squares,
      List<NDArray> steps,
      double learningRate,
      double beta1,
      double beta2,
      double weightDecay,
      double eps,
      NDArray divisor) {
    run(
        "adamw",
        list(parameters),
        list(means),
        list(squares),
        list(steps),
        IValue.from(learningRate),
        IValue.from(beta1),
        IValue.from(beta2),
        IValue.from(weightDecay),
        IValue.from(eps),
        IValue.from((PtNDArray) divisor));
  }

  /** {@code targets += weight (sources - targets)}. */
  public static void moveTowards(List<NDArray> targets, List<NDArray> sources, double weight) {
    run("move_towards", list(targets), list(sources), IValue.from(weight));
  }
}
