package org.omnirad.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.omnirad.nn.DropPath;
import org.omnirad.nn.Layer;
import org.omnirad.nn.LayerNorm;
import org.omnirad.nn.PatchEmbed;
import org.omnirad.nn.TransformerBlock;
import org.omnirad.tensor.Ops;
import org.omnirad.tensor.Precision;

/**
 * A Vision Transformer (Dosovitskiy et al. 2021) with timm's parameter names and shapes. Images (B,
 * 3, H, W), normalised, become tokens (B, P + N, D): P = {@link VitConfig#prefixTokens}, the class
 * token and the registers where there are any, then N = H/patch x W/patch patch tokens row by row.
 */
public final class VisionTransformer extends Layer {

  private final VitConfig config;
  private final Parameter clsToken;
  private final Optional<Parameter> registers;
  private final Optional<Parameter> posEmbed;
  private final PatchEmbed patchEmbed;
  private final Optional<LayerNorm> preNorm;
  private final List<TransformerBlock> blocks = new ArrayList<>();
  private final LayerNorm norm;
  private Precision precision = Precision.FLOAT32;

  /** A transformer without values; {@link Encoder} fills it. */
  public VisionTransformer(VitConfig config) {
    this.config = config;
    int dim = config.embedDim();
    float eps = config.normEps();
    boolean rotary = config.variant() == VitConfig.Variant.ROTARY;
    boolean normFirst = config.variant() == VitConfig.Variant.PRE_NORM;
    long positions = 1 + (long) config.gridSize() * config.gridSize();
    clsToken = parameter("cls_token", 1, 1, dim);
    registers =
        rotary
            ? Optional.of(parameter("reg_token", 1, config.prefixTokens() - 1, dim))
            : Optional.empty();
    posEmbed = rotary ? Optional.empty() : Optional.of(parameter("pos_embed", 1, positions, dim));
    patchEmbed = layer("patch_embed", new PatchEmbed(config.patchSize(), dim, !normFirst));
    preNorm =
        normFirst ? Optional.of(layer("norm_pre", new LayerNorm(dim, eps))) : Optional.empty();
    for (int i = 0; i < config.depth(); i++) {
      var block =
          new TransformerBlock(
              dim, config.numHeads(), config.mlpDim(), eps, config.layerScale(), rotary);
      blocks.add(layer("blocks." + i, block));
    }
    norm = layer("norm", new LayerNorm(dim, eps));
  }

  /** The shape of this transformer. */
  public VitConfig config() {
    return config;
  }

  /** The number format inside the blocks. */
  public Precision precision() {
    return precision;
  }

  /** Sets the number format inside the blocks; results stay float32. */
  public void setPrecision(Precision precision) {
    this.precision = precision;
  }

  /** Images (B, 3, H, W) to the tokens (B, P + N, D) of the last block after the final norm. */
  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    Optional<NDArray> rotary = rotary(x);
    NDArray tokens = embed(store, x, training);
    for (TransformerBlock block : blocks) {
      tokens = block.forward(store, tokens, rotary, training, precision);
    }
    return norm.forward(store, tokens, training);
  }

  /**
   * The forward pass of pretraining: some patches hidden, branches dropped.
   *
   * @param x images (B, 3, H, W)
   * @param mask (B, N) bool, true where a patch is hidden; empty where none is
   * @param maskToken (1, D), what stands in place of a hidden patch before positions are added
   * @param dropPath for the blocks
   * @return the tokens (B, P + N, D) after the final norm
   */
  public NDArray forwardMasked(
      ParameterStore store,
      NDArray x,
      Optional<NDArray> mask,
      NDArray maskToken,
      DropPath dropPath) {
    NDArray patches = patches(store, x, true);
    NDArray shown = mask.map(m -> Ops.maskPatches(patches, m, maskToken)).orElse(patches);
    NDArray tokens = withPositions(store, x, shown, true);
    Optional<NDArray> rotary = rotary(x);
    for (TransformerBlock block : blocks) {
      tokens = block.forward(store, tokens, rotary, dropPath, precision);
    }
    return norm.forward(store, tokens, true);
  }

  /**
   * The tokens that chosen blocks yield, in the order of the blocks.
   *
   * @param x images (B, 3, H, W)
   * @param chosen 0-based block numbers
   * @param normalise whether the final norm is applied to each
   * @return one (B, P + N, D) for each chosen block
   */
  public NDList intermediates(
      ParameterStore store,
      NDArray x,
      SortedSet<Integer> chosen,
      boolean normalise,
      boolean training) {
    if (chosen.isEmpty() || chosen.first() < 0 || chosen.last() >= blocks.size()) {
      throw new IllegalArgumentException(
          "blocks %s of a transformer with blocks 0 to %d".formatted(chosen, blocks.size() - 1));
    }
    var results = new NDList();
    Optional<NDArray> rotary = rotary(x);
    NDArray tokens = embed(store, x, training);
    for (int i = 0; i <= chosen.last(); i++) {
      tokens = blocks.get(i).forward(store, tokens, rotary, training, precision);
      if (chosen.contains(i)) {
        results.add(normalise ? norm.forward(store, tokens, training) : tokens);
      }
    }
    return results;
  }

  /**
   * The forward pass layer by layer in float32, with the attention weights of every block.
   *
   * @param x images (B, 3, H, W)
   * @return the tokens (B, P + N, D) after the final norm, then the weights (B, heads, P + N, P +
   *     N) of each block
   */
  public NDList withAttention(ParameterStore store, NDArray x) {
    var weights = new NDList();
    Optional<NDArray> rotary = rotary(x);
    NDArray tokens = embed(store, x, false);
    for (TransformerBlock block : blocks) {
      NDList result = block.withWeights(store, tokens, rotary, false);
      tokens = result.get(0);
      weights.add(result.get(1));
    }
    return new NDList(norm.forward(store, tokens, false)).addAll(weights);
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape patches = patchEmbed.getOutputShapes(inputShapes)[0];
    long tokens = config.prefixTokens() + patches.get(1);
    return new Shape[] {new Shape(patches.get(0), tokens, config.embedDim())};
  }

  private NDArray embed(ParameterStore store, NDArray x, boolean training) {
    return withPositions(store, x, patches(store, x, training), training);
  }

  private NDArray patches(ParameterStore store, NDArray x, boolean training) {
    config.requireMultipleOfPatch(x.getShape().get(3), x.getShape().get(2));
    return patchEmbed.forward(store, x, training);
  }

  private NDArray withPositions(
      ParameterStore store, NDArray x, NDArray patches, boolean training) {
    NDArray cls = value(store, clsToken, x, training);
    NDArray tokens =
        registers.isPresent()
            ? Ops.prependTokens(patches, cls, value(store, registers.get(), x, training))
            : Ops.embedTokens(
                patches,
                cls,
                value(store, posEmbed.orElseThrow(), x, training),
                config.gridSize(),
                patchesAlong(x, 2),
                patchesAlong(x, 3));
    return preNorm.map(n -> n.forward(store, tokens, training)).orElse(tokens);
  }

  /** Sine and cosine (2, P + N, D / heads) of the tokens' positions, where these are rotary. */
  private Optional<NDArray> rotary(NDArray x) {
    int headDim = config.embedDim() / config.numHeads();
    return registers.map(
        r ->
            Ops.rotaryPositions(
                x, config.prefixTokens(), patchesAlong(x, 2), patchesAlong(x, 3), headDim));
  }

  private int patchesAlong(NDArray x, int axis) {
    return (int) x.getShape().get(axis) / config.patchSize();
  }
}
