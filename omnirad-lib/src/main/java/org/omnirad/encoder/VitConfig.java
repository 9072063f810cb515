package org.omnirad.encoder;

import static org.omnirad.run.Requirement.require;

import java.util.List;
import org.omnirad.run.InputException;

/**
 * The shape of a Vision Transformer.
 *
 * @param imageSize side of the square images that the encoder is made for, in pixels; a multiple of
 *     {@code patchSize}. Learned positions have a place for each of their patches
 * @param patchSize side of a patch in pixels
 * @param embedDim D, features of a token; a multiple of {@code numHeads}
 * @param depth number of transformer blocks
 * @param numHeads attention heads of a block
 * @param mlpRatio hidden features of the MLP, as a multiple of {@code embedDim}
 * @param layerScale whether both branches of a block end in a LayerScale
 * @param layerScaleInit the start value of LayerScale (DINOv2: 1e-5)
 * @param normEps added to the variance in every norm (timm: 1e-6; CLIP and DINOv3: 1e-5)
 * @param variant what else differs between architectures
 */
public record VitConfig(
    int imageSize,
    int patchSize,
    int embedDim,
    int depth,
    int numHeads,
    float mlpRatio,
    boolean layerScale,
    float layerScaleInit,
    float normEps,
    Variant variant) {

  /** The architectures of the encoders that OmniRad is compared with. */
  public enum Variant {
    /** Learned positions, added to the tokens: ViT, DINO, DINOv2, MAE (Dosovitskiy et al. 2021). */
    PLAIN,
    /** The same with a norm before the first block and patches without bias: CLIP, in timm. */
    PRE_NORM,
    /**
     * Positions that turn queries and keys of the patches in every block, four register tokens
     * after the class token, keys without bias: DINOv3 (Siméoni et al. 2025), as timm's {@code
     * vit_*_patch16_dinov3_qkvb}.
     */
    ROTARY
  }

  private static final int REGISTERS = 4;
  private static final float DINOV2_LAYER_SCALE_INIT = 1e-5f;
  private static final float TIMM_NORM_EPS = 1e-6f;

  // At DINOv2's 1e-5 a random encoder passes its input on by less than float32 resolves in a
  // cosine.
  private static final float TINY_LAYER_SCALE_INIT = 0.1f;

  /** Checks every value. */
  public VitConfig {
    require(patchSize >= 1, "patchSize", patchSize, "at least 1");
    require(
        imageSize >= patchSize && imageSize % patchSize == 0,
        "imageSize",
        imageSize,
        "a multiple of patchSize " + patchSize);
    require(numHeads >= 1, "numHeads", numHeads, "at least 1");
    require(
        embedDim >= 1 && embedDim % numHeads == 0,
        "embedDim",
        embedDim,
        "a multiple of numHeads " + numHeads);
    require(depth >= 1, "depth", depth, "at least 1");
    require(mlpRatio > 0 && mlpRatio <= 64, "mlpRatio", mlpRatio, "in (0, 64]");
    require(Float.isFinite(layerScaleInit), "layerScaleInit", layerScaleInit, "finite");
    require(normEps > 0 && normEps < 1, "normEps", normEps, "in (0, 1)");
    require(variant != null, "variant", variant, "one of " + List.of(Variant.values()));
    if (variant == Variant.ROTARY) {
      require(layerScale, "layerScale", layerScale, "true where positions are rotary");
      int headDim = embedDim / numHeads;
      require(headDim % 4 == 0, "embedDim / numHeads", headDim, "a multiple of 4");
    }
  }

  /** A plain Vision Transformer. */
  public VitConfig(
      int imageSize,
      int patchSize,
      int embedDim,
      int depth,
      int numHeads,
      float mlpRatio,
      boolean layerScale,
      float layerScaleInit,
      float normEps) {
    this(
        imageSize,
        patchSize,
        embedDim,
        depth,
        numHeads,
        mlpRatio,
        layerScale,
        layerScaleInit,
        normEps,
        Variant.PLAIN);
  }

  /**
   * For demonstrations on a CPU: 12 blocks, 192 wide, patch 8 at 64 pixels, 5.4 million parameters;
   * LayerScale starts at 0.1, so that random weights make features that can be used.
   */
  public static VitConfig tiny() {
    return new VitConfig(64, 8, 192, 12, 3, 4, true, TINY_LAYER_SCALE_INIT, TIMM_NORM_EPS);
  }

  /** timm's {@code vit_small_patch14_dinov2} at 224 pixels, the shape of OmniRad-small. */
  public static VitConfig small() {
    return new VitConfig(224, 14, 384, 12, 6, 4, true, DINOV2_LAYER_SCALE_INIT, TIMM_NORM_EPS);
  }

  /** timm's {@code vit_base_patch14_dinov2} at 224 pixels, the shape of OmniRad-base. */
  public static VitConfig base() {
    return new VitConfig(224, 14, 768, 12, 12, 4, true, DINOV2_LAYER_SCALE_INIT, TIMM_NORM_EPS);
  }

  /** This shape made for another image size. */
  public VitConfig withImageSize(int size) {
    return new VitConfig(
        size,
        patchSize,
        embedDim,
        depth,
        numHeads,
        mlpRatio,
        layerScale,
        layerScaleInit,
        normEps,
        variant);
  }

  /** This shape with another number of blocks. */
  public VitConfig withDepth(int blocks) {
    return new VitConfig(
        imageSize,
        patchSize,
        embedDim,
        blocks,
        numHeads,
        mlpRatio,
        layerScale,
        layerScaleInit,
        normEps,
        variant);
  }

  /** Patches along one side of the image that the encoder is made for. */
  public int gridSize() {
    return imageSize / patchSize;
  }

  /** Tokens before the patches: the class token, then the registers. */
  public int prefixTokens() {
    return variant == Variant.ROTARY ? 1 + REGISTERS : 1;
  }

  /** Hidden features of the MLP. */
  public int mlpDim() {
    return Math.round(embedDim * mlpRatio);
  }

  void requireMultipleOfPatch(long width, long height) {
    if (width < patchSize
        || height < patchSize
        || width % patchSize != 0
        || height % patchSize != 0) {
      throw new InputException(
          "An image of %d x %d pixels cannot be cut into patches of %d."
              .formatted(width, height, patchSize),
          "Resize it to multiples of %d, such as %d x %d."
              .formatted(patchSize, nearestMultiple(width), nearestMultiple(height)));
    }
  }

  private long nearestMultiple(long size) {
    return Math.max(1, Math.round((double) size / patchSize)) * patchSize;
  }
}
