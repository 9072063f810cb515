package org.omnirad.segment;

import static org.omnirad.run.Requirement.require;

import java.util.Objects;
import org.omnirad.run.InputException;
import org.omnirad.tensor.Precision;

/**
 * How a segmenter is built and trained. The learning rate stays the same from first to last.
 *
 * @param adapter the shape of what is trained beside the encoder
 * @param imageSize side that images and masks are resized to, in pixels; a multiple of 32 and of
 *     the encoder's patches
 * @param loss what is made small
 * @param augmented whether images and masks are cropped, flipped, turned and varied in brightness
 *     ({@link org.omnirad.augment.ViewConfig#segmentation}); the encoder's tokens then cannot be
 *     kept from epoch to epoch
 * @param learningRate of AdamW for the adapter
 * @param encoderLearningRate of AdamW for the encoder, 0 where it is frozen
 * @param weightDecay of every weight
 * @param epochs in all
 * @param batchSize images of a step; batch norm sees them together
 * @param precision inside the layers while training
 * @param seed of every draw
 */
public record SegmentConfig(
    DenseConfig adapter,
    int imageSize,
    SegmentLoss loss,
    boolean augmented,
    double learningRate,
    double encoderLearningRate,
    double weightDecay,
    int epochs,
    int batchSize,
    Precision precision,
    long seed) {

  private static final long SEED = 7;

  /** Checks every value. */
  public SegmentConfig {
    Objects.requireNonNull(adapter, "adapter is missing");
    Objects.requireNonNull(loss, "loss is missing");
    Objects.requireNonNull(precision, "precision is missing");
    require(
        imageSize >= DenseAdapter.STRIDE && imageSize % DenseAdapter.STRIDE == 0,
        "imageSize",
        imageSize,
        "a multiple of " + DenseAdapter.STRIDE);
    require(learningRate > 0, "learningRate", learningRate, "above 0");
    require(encoderLearningRate >= 0, "encoderLearningRate", encoderLearningRate, "at least 0");
    require(weightDecay >= 0, "weightDecay", weightDecay, "at least 0");
    require(epochs >= 1, "epochs", epochs, "at least 1");
    require(batchSize >= 1, "batchSize", batchSize, "at least 1");
  }

  /**
   * OmniRad-small's (authors' code): 448 pixels, cross-entropy, AdamW at 1e-4 with weight decay
   * 1e-4, 20 epochs, batch 16, frozen encoder. Ours is bfloat16 where theirs is half precision.
   */
  public static SegmentConfig small() {
    return authors(DenseConfig.small());
  }

  /** OmniRad-base's (authors' code): the rest as {@link #small}. */
  public static SegmentConfig base() {
    return authors(DenseConfig.base());
  }

  private static SegmentConfig authors(DenseConfig adapter) {
    return new SegmentConfig(
        adapter,
        448,
        SegmentLoss.CROSS_ENTROPY,
        false,
        1e-4,
        0,
        1e-4,
        20,
        16,
        Precision.BFLOAT16,
        SEED);
  }

  /**
   * For minutes on a CPU (ours): 224 pixels, an adapter of about a million parameters, Dice and
   * cross-entropy, AdamW at 1e-3, 40 epochs, batch 8, float32.
   */
  public static SegmentConfig tiny() {
    return new SegmentConfig(
        DenseConfig.tiny(),
        224,
        SegmentLoss.DICE_CROSS_ENTROPY,
        false,
        1e-3,
        0,
        1e-4,
        40,
        8,
        Precision.FLOAT32,
        SEED);
  }

  /** This config with another image size. */
  public SegmentConfig withImageSize(int size) {
    return with(size, loss, augmented, encoderLearningRate, epochs, batchSize, precision, seed);
  }

  /** This config with another loss. */
  public SegmentConfig withLoss(SegmentLoss other) {
    return with(
        imageSize, other, augmented, encoderLearningRate, epochs, batchSize, precision, seed);
  }

  /** This config with or without augmentation. */
  public SegmentConfig withAugmentation(boolean on) {
    return with(imageSize, loss, on, encoderLearningRate, epochs, batchSize, precision, seed);
  }

  /** This config with the encoder trained too, at its own learning rate; 0 freezes it. */
  public SegmentConfig withEncoderLearningRate(double rate) {
    return with(imageSize, loss, augmented, rate, epochs, batchSize, precision, seed);
  }

  /** This config with another number of epochs. */
  public SegmentConfig withEpochs(int all) {
    return with(imageSize, loss, augmented, encoderLearningRate, all, batchSize, precision, seed);
  }

  /** This config with another batch. */
  public SegmentConfig withBatchSize(int size) {
    return with(imageSize, loss, augmented, encoderLearningRate, epochs, size, precision, seed);
  }

  /** This config with another number format. */
  public SegmentConfig withPrecision(Precision format) {
    return with(imageSize, loss, augmented, encoderLearningRate, epochs, batchSize, format, seed);
  }

  /** This config with another seed. */
  public SegmentConfig withSeed(long other) {
    return with(
        imageSize, loss, augmented, encoderLearningRate, epochs, batchSize, precision, other);
  }

  private SegmentConfig with(
      int size,
      SegmentLoss kind,
      boolean on,
      double encoderRate,
      int all,
      int batch,
      Precision format,
      long draws) {
    return new SegmentConfig(
        adapter, size, kind, on, learningRate, encoderRate, weightDecay, all, batch, format, draws);
  }

  /** Whether the encoder stays as it is. */
  boolean isFrozen() {
    return encoderLearningRate == 0;
  }

  /** Refuses an encoder whose patches do not fit. */
  void requireFor(int patchSize) {
    if (imageSize % patchSize != 0) {
      throw new InputException(
          "Images of %d pixels cannot be cut into patches of %d.".formatted(imageSize, patchSize),
          "Choose an imageSize that is a multiple of both 32 and %d.".formatted(patchSize));
    }
  }
}
