package org.omnirad.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.omnirad.encoder.Encoder;
import org.omnirad.nn.DropPath;
import org.omnirad.nn.Layer;
import org.omnirad.run.RandomSource;

/** An encoder with its mask token and its projection heads: the student, or the teacher. */
final class Network implements AutoCloseable {

  static final String BACKBONE = "backbone";
  static final String HEAD = "head";
  static final String PATCH_HEAD = "patch_head";
  static final String MASK_TOKEN = BACKBONE + ".mask_token";

  private final NDManager manager;
  private final Encoder encoder;
  private final NDArray maskToken;
  private final ProjectionHead head;
  private final Optional<ProjectionHead> patchHead;

  /**
   * A network around an encoder, which it closes with itself.
   *
   * @param random of the heads' start values; equal sources give equal networks
   */
  Network(NDManager owner, Encoder encoder, PretrainConfig config, RandomSource random) {
    this.encoder = encoder.setPrecision(config.precision());
    manager = owner.newSubManager();
    int dim = encoder.config().embedDim();
    maskToken = manager.zeros(new Shape(1, dim));
    head = new ProjectionHead(dim, config.head(), config.precision());
    head.start(manager, random, HEAD);
    patchHead =
        config.head().separate() && config.objective().ibotWeight() > 0
            ? Optional.of(new ProjectionHead(dim, config.head(), config.precision()))
            : Optional.empty();
    patchHead.ifPresent(h -> h.start(manager, random, PATCH_HEAD));
  }

  Encoder encoder() {
    return encoder;
  }

  /** Tokens before the patches, P. */
  int prefixTokens() {
    return encoder.config().prefixTokens();
  }

  /** Every parameter by its name, such as {@code backbone.blocks.0.norm1.weight}. */
  Map<String, NDArray> parameters() {
    var all = new LinkedHashMap<String, NDArray>();
    all.put(MASK_TOKEN, maskToken);
    put(all, BACKBONE, encoder.network());
    put(all, HEAD, head);
    patchHead.ifPresent(h -> put(all, PATCH_HEAD, h));
    return all;
  }

  private static void put(Map<String, NDArray> all, String prefix, Layer layer) {
    layer.namedParameters().forEach((key, p) -> all.put(prefix + "." + key, p.getArray()));
  }

  /** Whether gradients are recorded for the parameters. */
  void setTrained(boolean trained) {
    parameters().values().forEach(p -> p.setRequiresGradient(trained));
  }

  /** Images (B, 3, H, W) to tokens (B, P + N, D), with gradients where the mode is on. */
  NDArray tokens(NDArray images, Optional<NDArray> mask, DropPath dropPath) {
    return encoder.network().forwardMasked(store(images), images, mask, maskToken, dropPath);
  }

  /** Class tokens (M, D) to logits (M, K). */
  NDArray logits(NDArray x) {
    return head.forward(store(x), x, true);
  }

  /** Patch tokens (M, D) to logits (M, K). */
  NDArray patchLogits(NDArray x) {
    return patchHead.orElse(head).forward(store(x), x, true);
  }

  /** Whether one head serves class and patch tokens. */
  boolean shared() {
    return patchHead.isEmpty();
  }

  private static ParameterStore store(NDArray x) {
    return new ParameterStore(x.getManager(), false);
  }

  @Override
  public void close() {
    encoder.close();
    manager.close();
  }
}
