package org.omnirad.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.augment.BlurProbability;
import org.omnirad.augment.ViewConfig;

class ViewsConfigTest {

  @TempDir Path folder;

  @Test
  void naturalViewsBlurAsDeclaredOrAsTheCodeComesTo() {
    ViewsConfig declared = ViewsConfig.natural(224, 14, BlurProbability.DECLARED);
    assertEquals(1, declared.first().blur().probability());
    assertEquals(0.1, declared.second().blur().probability());
    ViewsConfig effective = ViewsConfig.natural(224, 14, BlurProbability.EFFECTIVE);
    assertEquals(0, effective.first().blur().probability());
    assertEquals(0.9, effective.second().blur().probability());
    assertEquals(0, effective.first().solarise().probability());
    assertEquals(0.2, effective.second().solarise().probability());
  }

  @Test
  void localViewsAreInProportionAndWholePatches() {
    assertEquals(98, ViewsConfig.radiology(224, 14).local().size());
    assertEquals(98, ViewsConfig.natural(224, 14, BlurProbability.DECLARED).local().size());
    assertEquals(32, ViewsConfig.radiology(64, 8).local().size());
    assertEquals(0.32, ViewsConfig.radiology(64, 8).local().maxArea());
    assertEquals(0, ViewsConfig.radiology(64, 8).localViews());
  }

  @Test
  void globalViewsHaveOneSize() {
    ViewConfig view = ViewConfig.radiology(64);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ViewsConfig(view, ViewConfig.radiology(32), view, 0));
    assertTrue(e.getMessage().contains("second.size is 32"), e.getMessage());
  }

  @Test
  void naturalViewsTrain() {
    PretrainConfig config =
        SmallRuns.config()
            .withViews(ViewsConfig.natural(16, 4, BlurProbability.EFFECTIVE))
            .withBatch(new BatchConfig(8, 8, 1, 2))
            .withWatch(new WatchConfig(2, 0, 1));
    try (var run = Pretrainer.run(SmallRuns.data(1), config, folder)) {
      assertEquals(2, run.metrics().size());
    }
  }
}
