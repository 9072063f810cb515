package org.omnirad.classify;

import static org.omnirad.run.Requirement.require;

import java.util.Objects;
import org.omnirad.nn.LoraConfig;
import org.omnirad.tensor.Precision;

/**
 * How a classifier is fine-tuned. The learning rate rises in equal parts from epoch to epoch, from
 * a hundredth at the first to its value after the warm-up, then falls along half a cosine to 0.
 *
 * @param adapters the adapters that are trained beside the frozen encoder; null where every weight
 *     of the encoder is trained
 * @param augmented whether images are cropped, flipped and turned ({@link
 *     org.omnirad.augment.ViewConfig#fineTuning}; the authors turn before they crop), or only
 *     resized
 * @param classWeights whether a rare class counts more: by sqrt(N / n) where n of N images are of
 *     it; of no effect for a multi-label task
 * @param learningRate of AdamW after the warm-up
 * @param weightDecay of every weight
 * @param headDropout probability that a feature does not reach the head in training
 * @param epochs in all
 * @param warmupEpochs of them
 * @param warmupClipNorm gradients above this norm are scaled down to it during the warm-up
 * @param clipNorm the same afterwards
 * @param batchSize images of a step
 * @param microSize images that are computed at once, a divisor of {@code batchSize}; the result is
 *     that of the whole batch
 * @param precision inside the blocks while training
 * @param seed of every draw
 */
public record FineTuneConfig(
    LoraConfig adapters,
    boolean augmented,
    boolean classWeights,
    double learningRate,
    double weightDecay,
    double headDropout,
    int epochs,
    int warmupEpochs,
    double warmupClipNorm,
    double clipNorm,
    int batchSize,
    int microSize,
    Precision precision,
    long seed) {

  private static final long SEED = 7;

  /** Checks every value. */
  public FineTuneConfig {
    Objects.requireNonNull(precision, "precision is missing");
    require(learningRate > 0, "learningRate", learningRate, "above 0");
    require(weightDecay >= 0, "weightDecay", weightDecay, "at least 0");
    require(headDropout >= 0 && headDropout < 1, "headDropout", headDropout, "in [0, 1)");
    require(epochs >= 1, "epochs", epochs, "at least 1");
    require(
        warmupEpochs >= 0 && warmupEpochs <= epochs,
        "warmupEpochs",
        warmupEpochs,
        "from 0 to epochs");
    require(warmupClipNorm > 0, "warmupClipNorm", warmupClipNorm, "above 0");
    require(clipNorm > 0, "clipNorm", clipNorm, "above 0");
    require(batchSize >= 1, "batchSize", batchSize, "at least 1");
    require(
        microSize >= 1 && batchSize % microSize == 0,
        "microSize",
        microSize,
        "a divisor of " + batchSize);
  }

  /** OmniRad's with adapters (authors' code): everything else as {@link #full}. */
  public static FineTuneConfig lora() {
    return authors(LoraConfig.omnirad());
  }

  /**
   * OmniRad's with every weight trained (authors' code): AdamW at 1e-5 with weight decay 0.01, 40
   * epochs of which 10 warm up, batch 128, gradients clipped at 0.5, then 1.0, dropout 0.4 before
   * the head, class weights. Ours is bfloat16 where theirs is half precision without a gradient
   * scaler.
   */
  public static FineTuneConfig full() {
    return authors(null);
  }

  private static FineTuneConfig authors(LoraConfig adapters) {
    return new FineTuneConfig(
        adapters, true, true, 1e-5, 0.01, 0.4, 40, 10, 0.5, 1, 128, 128, Precision.BFLOAT16, SEED);
  }

  /**
   * This config for minutes on a CPU: 10 epochs of which 1 warms up, batch 32, float32, and a
   * higher learning rate, 1e-3 with adapters and 1e-4 without.
   */
  public FineTuneConfig quick() {
    return with(adapters, adapters == null ? 1e-4 : 1e-3, 10, 1, 32, 32, Precision.FLOAT32, seed);
  }

  /** This config with other adapters. */
  public FineTuneConfig withAdapters(LoraConfig other) {
    return with(other, learningRate, epochs, warmupEpochs, batchSize, microSize, precision, seed);
  }

  /** This config with other lengths. */
  public FineTuneConfig withEpochs(int all, int warmup) {
    return with(adapters, learningRate, all, warmup, batchSize, microSize, precision, seed);
  }

  /** This config with other batches. */
  public FineTuneConfig withBatch(int size, int micro) {
    return with(adapters, learningRate, epochs, warmupEpochs, size, micro, precision, seed);
  }

  /** This config with another number format. */
  public FineTuneConfig withPrecision(Precision other) {
    return with(adapters, learningRate, epochs, warmupEpochs, batchSize, microSize, other, seed);
  }

  /** This config with another seed. */
  public FineTuneConfig withSeed(long other) {
    return with(
        adapters, learningRate, epochs, warmupEpochs, batchSize, microSize, precision, other);
  }

  private FineTuneConfig with(
      LoraConfig beside,
      double rate,
      int all,
      int warmup,
      int size,
      int micro,
      Precision format,
      long draws) {
    return new FineTuneConfig(
        beside,
        augmented,
        classWeights,
        rate,
        weightDecay,
        headDropout,
        all,
        warmup,
        warmupClipNorm,
        clipNorm,
        size,
        micro,
        format,
        draws);
  }

  /** The learning rate of a 0-based epoch. */
  double learningRate(int epoch) {
    if (epoch < warmupEpochs) {
      return learningRate * (0.01 + 0.99 * epoch / warmupEpochs);
    }
    double done = (double) (epoch - warmupEpochs) / (epochs - warmupEpochs);
    return learningRate * 0.5 * (1 + Math.cos(Math.PI * done));
  }
}
