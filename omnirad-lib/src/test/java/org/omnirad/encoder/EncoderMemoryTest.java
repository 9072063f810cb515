package org.omnirad.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncoderMemoryTest {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int MEGABYTES_OF_ONE = 43;

  private static long residentMegabytes() throws IOException {
    return Files.readAllLines(STATUS).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow()
        / 1024;
  }

  @Test
  void aCellThatIsRunTwentyTimesHoldsFlatMemory() throws IOException {
    assumeTrue(Files.exists(STATUS), "resident memory is read from /proc, which Linux has");
    var image = List.of(RandomImages.image(1, 224, 224));
    long most = 0;
    long before = residentMegabytes();
    for (int run = 0; run < 20; run++) {
      Encoder encoder = Encoder.random(VitConfig.small().withDepth(6), run);
      assertEquals(384, encoder.embed(image)[0].length);
      most = Math.max(most, residentMegabytes() - before);
    }
    // All twenty would hold 860 MB. Up to 256 MB may wait for the garbage collector.
    assertTrue(most < 256 + 5 * MEGABYTES_OF_ONE, most + " MB more than before");
  }

  @Test
  void manySmallBatchesHoldFlatMemory() throws IOException {
    assumeTrue(Files.exists(STATUS), "resident memory is read from /proc, which Linux has");
    try (var encoder = Encoder.random(VitConfig.tiny().withDepth(1), 7)) {
      var images = new RandomImages(800, 64, 40);
      encoder.embed(images);
      long before = residentMegabytes();
      for (int pass = 0; pass < 4; pass++) {
        encoder.embed(images);
      }
      long more = residentMegabytes() - before;
      // 3,200 images as float32 input alone are 157 MB; the Java heap may grow a little.
      assertTrue(more < 80, more + " MB more after 3,200 images");
    }
  }
}
