package org.omnirad.tests.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.EncoderCatalogue;
import org.omnirad.encoder.VisionTransformer;
import org.omnirad.encoder.VitConfig;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Ops;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;

/**
 * The encoder computes what timm computes, within 1e-4; {@code tests/parity/vit_fixtures.py} wrote
 * what is stored.
 */
class VitParityTest {

  private static final Path FIXTURES =
      Path.of("src/test/resources/org/omnirad/tests/parity").toAbsolutePath();
  private static final List<String> FAMILIES = List.of("layerscale", "plain", "clip", "dinov3");
  private static final float TOLERANCE = 1e-4f;
  private static final List<String> IMAGE_SIZES = List.of("native", "large", "small", "wide");

  @TempDir Path folder;

  /** A folder as timm would publish it: the weights without what the fixture stores beside them. */
  private Path checkpoint(String fixture) throws IOException {
    Path checkpoint = folder.resolve(fixture);
    try (var file = SafetensorsFile.open(FIXTURES.resolve(fixture + ".safetensors"));
        var manager = NDManager.newBaseManager()) {
      var weights = new SafetensorsWriter();
      file.names().stream()
          .filter(name -> !name.startsWith("fixture."))
          .forEach(name -> weights.put(name, file.toArray(manager, name)));
      weights.write(checkpoint.resolve("model.safetensors"));
      String args = file.metadata().get("shape");
      Files.writeString(
          checkpoint.resolve("config.json"),
          "{\"architecture\": \"vit_base_patch16_224\", \"model_args\": " + args + "}");
    }
    return checkpoint;
  }

  @ParameterizedTest
  @FieldSource("FAMILIES")
  void tokensEqualTimms(String fixture) throws IOException {
    try (var encoder = Encoder.load(checkpoint(fixture));
        var expected = SafetensorsFile.open(FIXTURES.resolve(fixture + ".safetensors"));
        var manager = NDManager.newBaseManager();
        var off = GradMode.off()) {
      VitConfig config = encoder.config();
      var store = new ParameterStore(manager, false);
      for (String size : IMAGE_SIZES) {
        String prefix = "fixture." + size + ".";
        NDArray images = expected.toArray(manager, prefix + "images");
        NDArray tokens = encoder.network().forward(store, images, false);
        assertArrayEquals(
            expected.floats(prefix + "tokens"), tokens.toFloatArray(), TOLERANCE, size);

        int patch = config.patchSize();
        int height = (int) images.getShape().get(2) / patch;
        int width = (int) images.getShape().get(3) / patch;
        boolean learned = config.variant() != VitConfig.Variant.ROTARY;
        NDArray positions =
            learned
                ? Ops.resamplePositions(
                    encoder.network().namedParameters().get("pos_embed").getArray(),
                    config.gridSize(),
                    height,
                    width)
                : Ops.rotaryPositions(
                    images, 0, height, width, config.embedDim() / config.numHeads());
        assertArrayEquals(
            expected.floats(prefix + (learned ? "pos_embed" : "rotary")),
            positions.toFloatArray(),
            TOLERANCE,
            size);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("FAMILIES")
  void everyBlockEqualsTimms(String fixture) throws IOException {
    try (var encoder = Encoder.load(checkpoint(fixture));
        var expected = SafetensorsFile.open(FIXTURES.resolve(fixture + ".safetensors"));
        var manager = NDManager.newBaseManager();
        var off = GradMode.off()) {
      var store = new ParameterStore(manager, false);
      var all = new TreeSet<Integer>();
      for (int i = 0; i < encoder.config().depth(); i++) {
        all.add(i);
      }
      for (String size : List.of("native", "wide")) {
        NDArray images = expected.toArray(manager, "fixture." + size + ".images");
        for (boolean normalised : new boolean[] {false, true}) {
          NDList blocks = encoder.network().intermediates(store, images, all, normalised, false);
          for (int i : all) {
            String name =
                "fixture.%s.block%d.%s".formatted(size, i, normalised ? "normalised" : "raw");
            assertArrayEquals(expected.floats(name), blocks.get(i).toFloatArray(), TOLERANCE, name);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @FieldSource("FAMILIES")
  void savedFilesHoldTimmsNamesShapesAndValues(String fixture) throws IOException {
    Path source = checkpoint(fixture);
    Path saved = folder.resolve("saved");
    try (var encoder = Encoder.load(source)) {
      encoder.save(saved);
      try (var again = Encoder.load(saved)) {
        assertEquals(encoder.config(), again.config());
        assertEquals(encoder.preprocessing(), again.preprocessing());
        assertEquals(
            encoder.record().entries().get("encoder.md5"),
            again.record().entries().get("encoder.md5"));
      }
    }
    try (var before = SafetensorsFile.open(source.resolve("model.safetensors"));
        var after = SafetensorsFile.open(saved.resolve("model.safetensors"))) {
      assertEquals(before.names(), after.names());
      for (String name : before.names()) {
        assertEquals(before.info(name), after.info(name), name);
        assertArrayEquals(before.floats(name), after.floats(name), 0, name);
      }
    }
  }

  /** What decides which operations an encoder is made of. */
  private record Architecture(VitConfig.Variant variant, boolean layerScale, float normEps) {

    static Architecture of(VitConfig config) {
      return new Architecture(config.variant(), config.layerScale(), config.normEps());
    }
  }

  @Test
  void everyArchitectureOfTheCatalogueHasAFixture() throws IOException {
    var compared = new HashSet<Architecture>();
    for (String fixture : FAMILIES) {
      try (var encoder = Encoder.load(checkpoint(fixture))) {
        compared.add(Architecture.of(encoder.config()));
      }
    }
    EncoderCatalogue.entries()
        .forEach(
            entry ->
                assertTrue(
                    compared.contains(Architecture.of(entry.architecture())),
                    () -> entry.name() + " is like none of " + compared));
  }

  @Test
  void theSlowPathEqualsTimms() throws IOException {
    try (var encoder = Encoder.load(checkpoint("dinov3"));
        var expected = SafetensorsFile.open(FIXTURES.resolve("dinov3.safetensors"));
        var manager = NDManager.newBaseManager();
        var off = GradMode.off()) {
      NDArray images = expected.toArray(manager, "fixture.wide.images");
      NDList result = encoder.network().withAttention(new ParameterStore(manager, false), images);
      assertArrayEquals(
          expected.floats("fixture.wide.tokens"), result.get(0).toFloatArray(), TOLERANCE);
    }
  }

  @Test
  void presetsHaveTimmsNumberOfParameters() {
    assertEquals(21_628_800, parameters(VitConfig.small()));
    assertEquals(22_056_192, parameters(VitConfig.small().withImageSize(518)));
    assertEquals(85_724_928, parameters(VitConfig.base()));
    assertEquals(86_579_712, parameters(VitConfig.base().withImageSize(518)));
  }

  private static long parameters(VitConfig config) {
    return new VisionTransformer(config)
        .namedParameters().values().stream().mapToLong(p -> p.getShape().size()).sum();
  }
}
