package org.omnirad.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.omnirad.encoder.Encoder;
import org.omnirad.run.RandomSource;

class LearningRatesTest {

  /** Layer (0 embeddings, 1 and 2 blocks, 3 the rest) and decay of every parameter. */
  private static final String EXPECTED =
      """
      backbone.blocks.N.attn.proj.bias N no
      backbone.blocks.N.attn.proj.weight N yes
      backbone.blocks.N.attn.qkv.bias N no
      backbone.blocks.N.attn.qkv.weight N yes
      backbone.blocks.N.ls1.gamma N no
      backbone.blocks.N.ls2.gamma N no
      backbone.blocks.N.mlp.fc1.bias N no
      backbone.blocks.N.mlp.fc1.weight N yes
      backbone.blocks.N.mlp.fc2.bias N no
      backbone.blocks.N.mlp.fc2.weight N yes
      backbone.blocks.N.norm1.bias N no
      backbone.blocks.N.norm1.weight N no
      backbone.blocks.N.norm2.bias N no
      backbone.blocks.N.norm2.weight N no
      backbone.cls_token 0 yes
      backbone.mask_token 0 yes
      backbone.norm.bias 3 no
      backbone.norm.weight 3 no
      backbone.patch_embed.proj.bias patch no
      backbone.patch_embed.proj.weight patch yes
      backbone.pos_embed 0 yes
      HEAD.last_layer.weight_g 3 yes
      HEAD.last_layer.weight_v 3 yes
      HEAD.mlp.0.bias 3 no
      HEAD.mlp.0.weight 3 yes
      HEAD.mlp.2.bias 3 no
      HEAD.mlp.2.weight 3 yes
      HEAD.mlp.4.bias 3 no
      HEAD.mlp.4.weight 3 yes
      """;

  @Test
  void everyParameterHasDinov2sFactorAndDecay() {
    PretrainConfig config =
        SmallRuns.config()
            .withHead(new HeadConfig(64, 32, 16, true))
            .withOptimiser(OptimiserConfig.dinov2(10)); // layer decay 0.9, patch factor 0.2
    var expected = new TreeMap<String, String>();
    for (String line : EXPECTED.lines().toList()) {
      if (line.contains("blocks.N")) {
        for (int block = 0; block < 2; block++) {
          String of =
              line.replace("blocks.N", "blocks." + block).replace(" N ", " " + (block + 1) + " ");
          put(expected, of);
        }
      } else if (line.startsWith("HEAD")) {
        put(expected, line.replace("HEAD", "head"));
        put(expected, line.replace("HEAD", "patch_head"));
      } else {
        put(expected, line);
      }
    }
    var found = new TreeMap<String, String>();
    try (NDManager manager = NDManager.newBaseManager();
        var network =
            new Network(manager, Encoder.random(SmallRuns.VIT, 1), config, new RandomSource(1))) {
      for (String name : network.parameters().keySet()) {
        found.put(
            name,
            text(LearningRates.factor(name, 2, config.optimiser()), LearningRates.decays(name)));
      }
    }
    assertEquals(expected, found);
  }

  /** The names that CLIP's and DINOv3's architectures add. */
  @Test
  void otherArchitecturesFollowTheSameRules() {
    OptimiserConfig config = OptimiserConfig.dinov2(10);
    assertEquals(0.729, LearningRates.factor("backbone.reg_token", 2, config), 1e-12);
    assertTrue(LearningRates.decays("backbone.reg_token"));
    assertEquals(0.729, LearningRates.factor("backbone.norm_pre.weight", 2, config), 1e-12);
    assertFalse(LearningRates.decays("backbone.norm_pre.weight"));
    assertEquals(0.9, LearningRates.factor("backbone.blocks.1.gamma_2", 2, config), 1e-12);
    assertFalse(LearningRates.decays("backbone.blocks.1.gamma_2"));
    assertFalse(LearningRates.decays("backbone.blocks.0.attn.q_bias"));
  }

  private static void put(Map<String, String> expected, String line) {
    String[] words = line.split(" ", -1);
    double factor =
        words[1].equals("patch") ? 0.2 * 0.729 : Math.pow(0.9, 3 - Integer.parseInt(words[1]));
    expected.put(words[0], text(factor, words[2].equals("yes")));
  }

  private static String text(double factor, boolean decays) {
    return "%.6f %s".formatted(factor, decays);
  }

  @Test
  void onlyPrototypesAreFrozen() {
    assertTrue(ProjectionHead.isPrototypes("patch_head.last_layer.weight_v"));
    assertTrue(!ProjectionHead.isPrototypes("head.mlp.4.weight"));
  }
}
