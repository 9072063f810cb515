package org.omnirad.classify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.omnirad.nn.LoraConfig;
import org.omnirad.tensor.Precision;

/** The authors' recipe in numbers. */
class FineTuneConfigTest {

  @Test
  void presetsAreTheAuthors() {
    var full =
        new FineTuneConfig(
            null, true, true, 1e-5, 0.01, 0.4, 40, 10, 0.5, 1, 128, 128, Precision.BFLOAT16, 7);
    assertEquals(full, FineTuneConfig.full());
    assertEquals(full.withAdapters(new LoraConfig(16, 32, 0.1)), FineTuneConfig.lora());
  }

  @Test
  void quickKeepsTheRecipeButForItsLengthAndRate() {
    var full =
        new FineTuneConfig(
            null, true, true, 1e-4, 0.01, 0.4, 10, 1, 0.5, 1, 32, 32, Precision.FLOAT32, 7);
    assertEquals(full, FineTuneConfig.full().quick());
    assertEquals(1e-3, FineTuneConfig.lora().quick().learningRate());
  }

  @Test
  void theRateRisesInEqualPartsThenFallsAlongHalfACosine() {
    FineTuneConfig config = FineTuneConfig.full();
    for (int epoch = 0; epoch < 10; epoch++) {
      // From 1 % to 100 % over ten epochs.
      assertEquals(1e-5 * (0.01 + 0.099 * epoch), config.learningRate(epoch), 1e-19);
    }
    assertEquals(1e-5, config.learningRate(10));
    assertEquals(1e-5 * (1 + Math.cos(Math.PI / 3)) / 2, config.learningRate(20), 1e-19);
    assertEquals(0.5e-5, config.learningRate(25), 1e-19);
    // 0 would be reached after the last epoch.
    assertEquals(1e-5 * (1 + Math.cos(Math.PI * 29 / 30)) / 2, config.learningRate(39), 1e-19);
  }

  @Test
  void aRareClassCountsMore() {
    assertArrayEquals(
        new double[] {Math.sqrt(10.0 / 9), Math.sqrt(10), 1},
        FineTuner.classWeights(new int[] {9, 1, 0}),
        1e-15);
  }

  @Test
  void refusesWhatItCannotUse() {
    assertThrows(IllegalArgumentException.class, () -> FineTuneConfig.full().withEpochs(5, 6));
    assertThrows(IllegalArgumentException.class, () -> FineTuneConfig.full().withBatch(16, 5));
  }
}
