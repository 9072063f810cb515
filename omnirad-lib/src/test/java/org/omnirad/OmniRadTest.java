package org.omnirad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;

class OmniRadTest {

  @TempDir Path folder;

  @Test
  void thePhantomComesInAnySize() {
    var image = OmniRad.dataset("phantom", 40).split(Split.VAL).get(0).image();
    assertEquals(40, image.width());
  }

  @Test
  void thePhantomComesWithFourKindsOfLabels() {
    assertEquals(Task.MULTI_CLASS, OmniRad.dataset("phantom", 40).task());
    assertEquals(Task.BINARY, OmniRad.dataset("phantom-abdomen", 40).task());
    assertEquals(Task.MULTI_LABEL, OmniRad.dataset("phantom-findings", 40).task());
    assertEquals(Task.ORDINAL, OmniRad.dataset("phantom-grades", 40).task());
  }

  @ParameterizedTest
  @CsvSource({
    "organamnist, phantom",
    "pneumoniamnist, phantom-abdomen",
    "chestmnist, phantom-findings",
    "retinamnist, phantom-grades"
  })
  void aPhantomStandsInForWhatIsNotHere(String name, String standIn) {
    assumeFalse(OmniRad.isPresent(name, 28));
    var dataset = OmniRad.datasetOrPhantom(name, 28, false);
    assertEquals(standIn, dataset.name());
    assertEquals(28, dataset.split(Split.TEST).get(0).image().width());
    assertThrows(InputException.class, () -> OmniRad.datasetOrPhantom(name, 29, false));
  }

  @Test
  void aPhantomWithMasksStandsInForASegmentationSet() {
    assumeFalse(OmniRad.isPresent("fhpsaop", 128));
    var dataset = OmniRad.datasetOrPhantom("fhpsaop", 128, false);
    assertEquals("phantom", dataset.name());
    assertEquals(java.util.List.of("background", "lesion"), dataset.maskClassNames());
    assertEquals(128 * 128, dataset.split(Split.TEST).get(0).mask().orElseThrow().length);
  }

  @Test
  void aFolderIsADataset() throws IOException {
    for (String name : new String[] {"a", "b"}) {
      Path file = folder.resolve("set").resolve(name).resolve("1.png");
      Files.createDirectories(file.getParent());
      ImageIO.write(new RgbImage(4, 4, new byte[48]).toBufferedImage(), "png", file.toFile());
    }
    try (var dataset = OmniRad.dataset(folder.resolve("set").toString(), 28)) {
      assertEquals(java.util.List.of("a", "b"), dataset.classNames());
    }
  }

  @Test
  void aFolderLaidOutAsRadImageNetIsRecognised() throws IOException {
    for (String label : new String[] {"CT/abd/normal", "US/gb"}) {
      Path file = folder.resolve("set/top").resolve(label).resolve("1.png");
      Files.createDirectories(file.getParent());
      ImageIO.write(new RgbImage(4, 4, new byte[48]).toBufferedImage(), "png", file.toFile());
    }
    try (var dataset = OmniRad.dataset(folder.resolve("set").toString(), 28)) {
      assertEquals(java.util.List.of("CT/abd/normal", "US/gb"), dataset.classNames());
    }
  }

  @Test
  void anUnknownDatasetNamesTheNearest() {
    var e = assertThrows(InputException.class, () -> OmniRad.dataset("brestmnist", 28));
    assertTrue(e.getMessage().contains("breastmnist"), e.getMessage());
  }

  @Test
  void aSavedEncoderIsFoundByItsPath() {
    Path saved = folder.resolve("encoder");
    try (var encoder = Encoder.random(VitConfig.tiny().withDepth(1), 3)) {
      encoder.save(saved);
      try (var again = OmniRad.encoder(saved.toString())) {
        assertEquals(encoder.config(), again.config());
      }
    }
  }

  @Test
  void versionsNameTheEngine() {
    String engine = OmniRad.versions().entries().get("engine");
    assertTrue(engine.matches("DJL \\d+\\.\\d+\\.\\d+ with libtorch \\d+\\.\\d+\\.\\d+"), engine);
  }
}
