package org.omnirad.encoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.omnirad.run.InputException;

class EncoderCatalogueTest {

  @Test
  void everyEncoderOfTheComparisonIsListedOnce() {
    List<String> names =
        EncoderCatalogue.entries().stream().map(EncoderEntry::name).sorted().toList();
    assertEquals(names.size(), new HashSet<>(names).size());
    assertTrue(
        names.containsAll(
            List.of(
                "omnirad-small",
                "omnirad-base",
                "radiodino-s16",
                "radiodino-b16",
                "radiodino-s8",
                "dinov2-small",
                "dinov2-base",
                "dinov3-small",
                "dinov3-base",
                "vit-small-augreg",
                "vit-base-augreg",
                "dino-small",
                "dino-base",
                "mae-base",
                "clip-base-laion2b")),
        names.toString());
  }

  /** The sums over the parameters of timm's models without a classifier. */
  @Test
  void architecturesHaveTimmsNumberOfParameters() {
    Map<String, Long> expected = new TreeMap<>();
    expected.put("omnirad-tiny", 5_393_088L);
    expected.put("omnirad-small", 21_628_800L);
    expected.put("omnirad-base", 85_724_928L);
    expected.put("radiodino-s16", 21_665_664L);
    expected.put("radiodino-b16", 85_798_656L);
    expected.put("radiodino-s8", 21_670_272L);
    expected.put("dinov2-small", 22_056_192L);
    expected.put("dinov2-base", 86_579_712L);
    expected.put("dinov3-small", 21_596_160L);
    expected.put("dinov3-base", 85_659_648L);
    expected.put("vit-small-augreg", 21_665_664L);
    expected.put("vit-base-augreg", 85_798_656L);
    expected.put("dino-small", 21_665_664L);
    expected.put("dino-base", 85_798_656L);
    expected.put("mae-base", 85_798_656L);
    expected.put("clip-base-laion2b", 85_799_424L);
    var found = new TreeMap<String, Long>();
    for (EncoderEntry entry : EncoderCatalogue.entries()) {
      found.put(
          entry.name(),
          new VisionTransformer(entry.architecture())
              .namedParameters().values().stream().mapToLong(p -> p.getShape().size()).sum());
    }
    assertEquals(expected, found);
  }

  @Test
  void everyFactButTheLicenceIsThere() {
    for (EncoderEntry entry : EncoderCatalogue.entries()) {
      int size = entry.isInLibrary() ? 64 : 224;
      assertEquals(size, entry.preprocessing().imageSize(), entry.name());
      assertEquals(0, size % entry.architecture().patchSize(), entry.name());
      assertFalse(entry.licence().isBlank(), entry.name());
    }
    assertEquals("not published", EncoderCatalogue.find("RadioDino-S8").orElseThrow().licence());
  }

  @Test
  void theEncoderInTheLibraryNeedsNoDownload() {
    try (var encoder = Encoder.of("omnirad-tiny");
        var random = Encoder.random(encoder.config(), 7)) {
      assertEquals(VitConfig.tiny(), encoder.config());
      assertEquals("omnirad-tiny", encoder.name());
      assertFalse(
          encoder
              .record()
              .entries()
              .get("encoder.md5")
              .equals(random.record().entries().get("encoder.md5")));
    }
  }

  @Test
  void anUnknownNameOffersTheNearest() {
    var near = assertThrows(InputException.class, () -> Encoder.of("omnirad-smal"));
    assertTrue(
        near.getMessage().contains("No encoder is called 'omnirad-smal'."), near.getMessage());
    assertTrue(near.getMessage().contains("Did you mean omnirad-small"), near.getMessage());
    var far = assertThrows(InputException.class, () -> Encoder.of("resnet"));
    assertFalse(far.getMessage().contains("Did you mean"), far.getMessage());
    assertTrue(far.getMessage().contains("clip-base-laion2b"), far.getMessage());
    var path = assertThrows(InputException.class, () -> Encoder.of("runs/omnirad-small"));
    assertTrue(path.getMessage().contains("there is no such file"), path.getMessage());
  }

  @Test
  void anEntryWithoutItsFactsIsRefused() {
    var shape = VitConfig.small();
    var images = Preprocessing.imageNet(224);
    assertThrows(
        IllegalArgumentException.class,
        () -> new EncoderEntry("a", "hf:a/b", null, null, shape, images));
    assertThrows(
        IllegalArgumentException.class,
        () -> new EncoderEntry("a", "a/b", null, "2025", shape, images));
  }
}
