package org.omnirad.pretrain;

/** How fast a parameter learns and whether it decays, by its name, as DINOv2 has it. */
final class LearningRates {

  private static final String BLOCKS = Network.BACKBONE + ".blocks.";

  private LearningRates() {}

  /**
   * The factor of the learning rate: {@code layerDecay} to the power of the layers above, the
   * embeddings being layer 0 and the final norm and the heads the last.
   */
  static double factor(String name, int depth, OptimiserConfig config) {
    int layer = depth + 1;
    if (name.startsWith(BLOCKS)) {
      String rest = name.substring(BLOCKS.length());
      layer = Integer.parseInt(rest.substring(0, rest.indexOf('.'))) + 1;
    } else if (name.startsWith(Network.BACKBONE) && !name.startsWith(Network.BACKBONE + ".norm.")) {
      layer = 0;
    }
    double factor = Math.pow(config.layerDecay(), depth + 1 - layer);
    return name.contains("patch_embed") ? factor * config.patchEmbedFactor() : factor;
  }

  /** Whether weight decay applies: not to biases, norms and LayerScale. */
  static boolean decays(String name) {
    return !name.endsWith("bias") && !name.contains("norm") && !name.contains("gamma");
  }
}
