package org.omnirad.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnirad.run.ResidentMemory;

class EncoderMemoryTest {

  private static final int MEGABYTES_OF_ONE = 43;

  @Test
  void aCellThatIsRunTwentyTimesHoldsFlatMemory() throws IOException {
    ResidentMemory.assumeKnown();
    var image = List.of(RandomImages.image(1, 224, 224));
    long most = 0;
    long before = ResidentMemory.megabytes();
    for (int run = 0; run < 20; run++) {
      Encoder encoder = Encoder.random(VitConfig.small().withDepth(6), run);
      assertEquals(384, encoder.embed(image)[0].length);
      most = Math.max(most, ResidentMemory.megabytes() - before);
    }
    // All twenty would hold 860 MB. Up to 256 MB may wait for the garbage collector.
    assertTrue(most < 256 + 5 * MEGABYTES_OF_ONE, most + " MB more than before");
  }

  @Test
  void manySmallBatchesHoldFlatMemory() throws IOException {
    ResidentMemory.assumeKnown();
    try (var encoder = Encoder.random(VitConfig.tiny().withDepth(1), 7)) {
      var images = new RandomImages(800, 64, 40);
      encoder.embed(images);
      long before = ResidentMemory.megabytes();
      for (int pass = 0; pass < 4; pass++) {
        encoder.embed(images);
      }
      long more = ResidentMemory.megabytes() - before;
      // 3,200 images as float32 input alone are 157 MB; the Java heap may grow a little.
      assertTrue(more < 80, more + " MB more after 3,200 images");
    }
  }
}
