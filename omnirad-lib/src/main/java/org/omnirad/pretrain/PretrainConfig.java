package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

import java.util.Objects;
import org.omnirad.encoder.VitConfig;
import org.omnirad.tensor.Precision;

/**
 * Everything that a pretraining is told.
 *
 * @param encoder shape of the encoder that starts from random weights; not used where {@code start}
 *     names one
 * @param start name or path of an encoder to continue from; empty to start from random weights
 * @param views how the views of an image are made
 * @param head the projection head
 * @param masks which patches are hidden
 * @param objective the loss
 * @param optimiser how parameters move
 * @param batch how much is seen
 * @param watch checkpoints and scores
 * @param precision inside blocks and heads; parameters, losses and moments are float32
 * @param seed of every draw
 */
public record PretrainConfig(
    VitConfig encoder,
    String start,
    ViewsConfig views,
    HeadConfig head,
    MaskConfig masks,
    ObjectiveConfig objective,
    OptimiserConfig optimiser,
    BatchConfig batch,
    WatchConfig watch,
    Precision precision,
    long seed) {

  private static final long SEED = 7;
  private static final int PAPER_EPOCHS = 10;

  /** Checks what concerns several parts. */
  public PretrainConfig {
    Objects.requireNonNull(encoder, "encoder is missing");
    Objects.requireNonNull(start, "start is missing");
    Objects.requireNonNull(views, "views is missing");
    Objects.requireNonNull(head, "head is missing");
    Objects.requireNonNull(masks, "masks is missing");
    Objects.requireNonNull(objective, "objective is missing");
    Objects.requireNonNull(optimiser, "optimiser is missing");
    Objects.requireNonNull(batch, "batch is missing");
    Objects.requireNonNull(watch, "watch is missing");
    Objects.requireNonNull(precision, "precision is missing");
    require(
        objective.ibotWeight() == 0 || Math.floor(2 * batch.size() * masks.probability()) >= 1,
        "masks.probability",
        masks.probability(),
        "such that at least one of the %d views gets a mask, or objective.ibotWeight 0"
            .formatted(2 * batch.size()));
    require(
        objective.koleoWeight() == 0 || batch.microSize() >= 2,
        "batch.microSize",
        batch.microSize(),
        "at least 2, or objective.koleoWeight 0");
  }

  /**
   * For a demonstration on a CPU: the tiny encoder at 64 pixels, batch 32, one epoch. Prototypes,
   * bottleneck and teacher temperature are smaller than DINOv2's, with Sinkhorn-Knopp, because in a
   * short run on small images DINOv2's leave the teacher near uniform.
   */
  public static PretrainConfig tiny() {
    VitConfig encoder = VitConfig.tiny();
    return new PretrainConfig(
        encoder,
        "",
        ViewsConfig.radiology(encoder.imageSize(), encoder.patchSize()),
        new HeadConfig(1_024, 1_024, 64, false),
        MaskConfig.dinov2(),
        ObjectiveConfig.dinov2(Centring.SINKHORN),
        new OptimiserConfig(8e-3, 1e-6, 0.1, 0.04, 0.2, 0.992, 0.04, 0.04, 0, 1, 1, 0, 3, 0),
        new BatchConfig(32, 32, 1, 0),
        new WatchConfig(100, 100, 1_000),
        Precision.FLOAT32,
        SEED);
  }

  /** OmniRad-small: patch 14 at 224 pixels, batch 256, 10 epochs; see {@link #base}. */
  public static PretrainConfig small() {
    return paper(VitConfig.small(), 256);
  }

  /**
   * OmniRad-base: patch 14 at 224 pixels, batch 196, 10 epochs, AdamW, global views only (the
   * paper). What the paper does not say is DINOv2's default: losses and their weights, centring,
   * head, masks, learning rate, decays, momentum, temperatures, clipping, drop path; warm-ups are
   * DINOv2's parts of the run. Views are the radiology preset, our choice.
   *
   * <p>Memory of a step with ViT-B/14 in bfloat16: 2 x 196 views of 257 tokens, 768 wide, are 77 M
   * numbers a layer; a block keeps about 14 of them in 2 bytes and 3 in 4 bytes for the backward
   * pass, 3.1 GB, and 12 blocks 37 GB. Half of the views hide 30 % of 256 patches on average, so
   * that 392 class tokens and 15,100 patches go through the head: logits of 65,536 prototypes are
   * 4.1 GB in float32, of which student and teacher keep five at most, 20 GB. Parameters, teacher
   * and moments of 110 M each in float32 are 2 GB. Together 60 GB of 80.
   */
  public static PretrainConfig base() {
    return paper(VitConfig.base(), 196);
  }

  private static PretrainConfig paper(VitConfig encoder, int batch) {
    return new PretrainConfig(
        encoder,
        "",
        ViewsConfig.radiology(encoder.imageSize(), encoder.patchSize()),
        HeadConfig.dinov2(),
        MaskConfig.dinov2(),
        ObjectiveConfig.dinov2(Centring.MOVING_MEAN),
        OptimiserConfig.dinov2(PAPER_EPOCHS),
        new BatchConfig(batch, batch, PAPER_EPOCHS, 0),
        new WatchConfig(1_000, 1_000, 10_000),
        Precision.BFLOAT16,
        SEED);
  }

  /** This config with another shape of the encoder. */
  public PretrainConfig withEncoder(VitConfig shape) {
    return new PretrainConfig(
        shape, start, views, head, masks, objective, optimiser, batch, watch, precision, seed);
  }

  /** This config with another encoder to continue from. */
  public PretrainConfig withStart(String name) {
    return new PretrainConfig(
        encoder, name, views, head, masks, objective, optimiser, batch, watch, precision, seed);
  }

  /** This config with other views. */
  public PretrainConfig withViews(ViewsConfig other) {
    return new PretrainConfig(
        encoder, start, other, head, masks, objective, optimiser, batch, watch, precision, seed);
  }

  /** This config with another head. */
  public PretrainConfig withHead(HeadConfig other) {
    return new PretrainConfig(
        encoder, start, views, other, masks, objective, optimiser, batch, watch, precision, seed);
  }

  /** This config with other masks. */
  public PretrainConfig withMasks(MaskConfig other) {
    return new PretrainConfig(
        encoder, start, views, head, other, objective, optimiser, batch, watch, precision, seed);
  }

  /** This config with another objective. */
  public PretrainConfig withObjective(ObjectiveConfig other) {
    return new PretrainConfig(
        encoder, start, views, head, masks, other, optimiser, batch, watch, precision, seed);
  }

  /** This config with another way of moving parameters. */
  public PretrainConfig withOptimiser(OptimiserConfig other) {
    return new PretrainConfig(
        encoder, start, views, head, masks, objective, other, batch, watch, precision, seed);
  }

  /** This config with other batches or another length. */
  public PretrainConfig withBatch(BatchConfig other) {
    return new PretrainConfig(
        encoder, start, views, head, masks, objective, optimiser, other, watch, precision, seed);
  }

  /** This config with other times of checkpoints and scores. */
  public PretrainConfig withWatch(WatchConfig other) {
    return new PretrainConfig(
        encoder, start, views, head, masks, objective, optimiser, batch, other, precision, seed);
  }

  /** This config with another number format. */
  public PretrainConfig withPrecision(Precision other) {
    return new PretrainConfig(
        encoder, start, views, head, masks, objective, optimiser, batch, watch, other, seed);
  }

  /** This config with another seed. */
  public PretrainConfig withSeed(long other) {
    return new PretrainConfig(
        encoder, start, views, head, masks, objective, optimiser, batch, watch, precision, other);
  }
}
