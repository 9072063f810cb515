package org.omnirad.encoder;

import java.util.List;
import java.util.Locale;
import org.omnirad.run.InputException;
import org.omnirad.tensor.Interpolation;

/**
 * The parts of timm's {@code config.json} that an encoder needs; each may be absent. Its {@code
 * crop_pct} is written for timm, but not read: images are resized whole, as OmniRad's code does.
 *
 * @param architecture timm's model name
 * @param numClasses 0: no classifier
 * @param globalPool "token": the class token stands for the image
 * @param modelArgs what differs from the architecture's own shape
 * @param pretrainedCfg preprocessing and licence
 */
record TimmConfig(
    String architecture,
    Integer numClasses,
    String globalPool,
    ModelArgs modelArgs,
    PretrainedCfg pretrainedCfg) {

  /** The largest image size that is believed, in pixels. */
  private static final int MAX_IMAGE_SIZE = 4096;

  private static final int CHANNELS = 3;

  /** The keyword arguments of timm's VisionTransformer. */
  record ModelArgs(
      Integer imgSize,
      Integer patchSize,
      Integer embedDim,
      Integer depth,
      Integer numHeads,
      Float mlpRatio,
      Float initValues,
      Boolean dynamicImgSize) {}

  /** How images become the model's input. */
  record PretrainedCfg(
      List<Integer> inputSize,
      String interpolation,
      Float cropPct,
      List<Float> mean,
      List<Float> std) {}

  static TimmConfig of(VitConfig config, Preprocessing preprocessing) {
    int size = preprocessing.imageSize();
    return new TimmConfig(
        architecture(config),
        0,
        "token",
        new ModelArgs(
            config.imageSize(),
            config.patchSize(),
            config.embedDim(),
            config.depth(),
            config.numHeads(),
            config.mlpRatio(),
            config.layerScale() ? config.layerScaleInit() : null,
            size == config.imageSize() ? null : true),
        new PretrainedCfg(
            List.of(CHANNELS, size, size),
            preprocessing.interpolation().name().toLowerCase(Locale.ROOT),
            1f,
            preprocessing.mean(),
            preprocessing.std()));
  }

  /**
   * The preprocessing named here; DINOv2's where nothing is, at the size that the transformer is
   * made for.
   *
   * @param source where this comes from, for messages
   * @throws InputException where a value cannot be used
   */
  Preprocessing preprocessing(VitConfig config, String source) {
    Preprocessing defaults = Preprocessing.imageNet(config.imageSize());
    PretrainedCfg cfg = pretrainedCfg;
    if (cfg == null) {
      return defaults;
    }
    int size =
        cfg.inputSize() == null
            ? config.imageSize()
            : side(cfg.inputSize(), config.patchSize(), source);
    Interpolation interpolation =
        cfg.interpolation() == null
            ? defaults.interpolation()
            : interpolation(cfg.interpolation(), source);
    try {
      return new Preprocessing(
          size,
          cfg.mean() == null ? defaults.mean() : cfg.mean(),
          cfg.std() == null ? defaults.std() : cfg.std(),
          interpolation);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s: %s.".formatted(source, e.getMessage()), "Correct it in pretrained_cfg.");
    }
  }

  private static int side(List<Integer> inputSize, int patch, String source) {
    boolean square =
        inputSize.size() == CHANNELS
            && !inputSize.contains(null)
            && inputSize.get(0) == CHANNELS
            && inputSize.get(1).equals(inputSize.get(2));
    int side = square ? inputSize.get(1) : 0;
    if (side < patch || side > MAX_IMAGE_SIZE || side % patch != 0) {
      throw new InputException(
          "%s: input_size is %s.".formatted(source, inputSize),
          "Expected 3 channels of a square whose side is a multiple of the patch size %d, at most %d."
              .formatted(patch, MAX_IMAGE_SIZE));
    }
    return side;
  }

  private static Interpolation interpolation(String name, String source) {
    return switch (name) {
      case "bicubic" -> Interpolation.BICUBIC;
      case "bilinear" -> Interpolation.BILINEAR;
      default ->
          throw new InputException(
              "%s: interpolation is '%s'.".formatted(source, name),
              "It can be 'bicubic' or 'bilinear'.");
    };
  }

  // One of timm's models of the variant, of which the arguments then change the shape.
  private static String architecture(VitConfig config) {
    String size = config.embedDim() == VitConfig.small().embedDim() ? "small" : "base";
    return switch (config.variant()) {
      case PLAIN ->
          config.layerScale() && config.patchSize() == 14
              ? "vit_" + size + "_patch14_dinov2"
              : "vit_" + size + "_patch16_224";
      case PRE_NORM -> "vit_base_patch16_clip_224";
      case ROTARY -> "vit_" + size + "_patch16_dinov3_qkvb";
    };
  }
}
