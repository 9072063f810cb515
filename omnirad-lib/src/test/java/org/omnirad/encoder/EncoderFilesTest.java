package org.omnirad.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.run.InputException;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;
import org.omnirad.tensor.TensorType;

class EncoderFilesTest {

  private static final VitConfig SHALLOW = new VitConfig(64, 8, 192, 2, 3, 4, true, 1e-5f, 1e-6f);

  @TempDir Path folder;
  private Path weights;

  @BeforeEach
  void save() {
    try (var encoder = Encoder.random(SHALLOW, 7)) {
      encoder.save(folder);
    }
    weights = folder.resolve("model.safetensors");
  }

  /** The saved weights with one change. */
  private void rewrite(String left, float[] values, long... shape) {
    var writer = new SafetensorsWriter();
    try (var file = SafetensorsFile.open(weights)) {
      for (String name : file.names()) {
        if (!name.equals(left)) {
          writer.put(name, file.floats(name), file.info(name).shape().getShape());
        }
      }
    }
    if (values != null) {
      writer.put(left, values, shape);
    }
    writer.write(weights);
  }

  private String refusal() {
    return assertThrows(InputException.class, () -> Encoder.load(folder)).getMessage();
  }

  @Test
  void aFolderAndItsFileGiveTheSameEncoder() {
    var images = List.of(RandomImages.image(1, 64, 64));
    try (var random = Encoder.random(SHALLOW, 7);
        var fromFolder = Encoder.load(folder);
        var fromFile = Encoder.load(weights)) {
      float[] expected = random.embed(images)[0];
      assertArrayEquals(expected, fromFolder.embed(images)[0]);
      assertArrayEquals(expected, fromFile.embed(images)[0]);
      assertEquals(SHALLOW, fromFolder.config());
      assertEquals(folder.getFileName().toString(), fromFolder.name());
    }
  }

  @Test
  void withoutConfigTheShapesAreEnough() throws IOException {
    Files.delete(folder.resolve("config.json"));
    try (var encoder = Encoder.load(weights)) {
      assertEquals(SHALLOW, encoder.config());
      assertEquals(Preprocessing.imageNet(64), encoder.preprocessing());
    }
  }

  @Test
  void halfPrecisionTakesHalfTheSpace() throws IOException {
    Path half = folder.resolve("half");
    long whole = Files.size(weights);
    try (var encoder = Encoder.load(folder)) {
      encoder.save(half, TensorType.F16);
      assertEquals(0.5, (double) Files.size(half.resolve("model.safetensors")) / whole, 0.01);
      try (var rounded = Encoder.load(half)) {
        float[] exact = encoder.embed(List.of(RandomImages.image(3, 64, 64)))[0];
        // Half precision has eleven bits.
        assertArrayEquals(exact, rounded.embed(List.of(RandomImages.image(3, 64, 64)))[0], 2e-2f);
      }
      assertThrows(IllegalArgumentException.class, () -> encoder.save(half, TensorType.I64));
    }
  }

  @Test
  void aClassifierBesideTheEncoderIsLeftOut() {
    rewrite("head.weight", new float[10 * 192], 10, 192);
    try (var encoder = Encoder.load(folder)) {
      assertEquals(SHALLOW, encoder.config());
    }
  }

  @Test
  void aMissingFileSaysWhatAnEncoderIs() {
    var e = assertThrows(InputException.class, () -> Encoder.load(folder.resolve("nothing")));
    assertTrue(e.getMessage().contains("model.safetensors"), e.getMessage());
  }

  @Test
  void aMissingTensorIsNamed() {
    rewrite("blocks.1.mlp.fc2.bias", null);
    assertTrue(refusal().contains("'blocks.1.mlp.fc2.bias'"), refusal());
  }

  @Test
  void aMissingBlockIsNamed() throws IOException {
    rewrite("blocks.0.norm1.weight", null);
    assertTrue(refusal().contains("model.safetensors"), refusal());
  }

  @Test
  void aWrongShapeIsNamed() {
    rewrite("blocks.1.mlp.fc2.bias", new float[5], 5);
    String message = refusal();
    assertTrue(message.contains("[5], expected [192]"), message);
  }

  @Test
  void positionsThatAreNoSquareAreRefused() {
    rewrite("pos_embed", new float[4 * 192], 1, 4, 192);
    assertTrue(refusal().contains("3 patches"), refusal());
  }

  @Test
  void registerTokensAreRefused() {
    rewrite("reg_token", new float[4 * 192], 1, 4, 192);
    assertTrue(refusal().contains("reg_token"), refusal());
  }

  @Test
  void partsOfTwoArchitecturesAreRefused() {
    rewrite("norm_pre.weight", new float[192], 192);
    assertTrue(refusal().contains("patch_embed.proj.bias"), refusal());
  }

  @Test
  void aCentreCropIsNotApplied() throws IOException {
    edit("\"crop_pct\": [^,]*", "\"crop_pct\": 0.9");
    try (var encoder = Encoder.load(folder)) {
      assertEquals(Preprocessing.imageNet(64), encoder.preprocessing());
    }
  }

  @Test
  void anotherActivationIsRefused() throws IOException {
    edit(
        "\"architecture\": \"[^\"]*\"",
        "\"architecture\": \"vit_base_patch16_clip_quickgelu_224\"");
    assertTrue(refusal().contains("activation is another"), refusal());
  }

  @ParameterizedTest
  @EnumSource(VitConfig.Variant.class)
  void everyVariantComesBackWithItsShape(VitConfig.Variant variant) {
    float eps = variant == VitConfig.Variant.PLAIN ? 1e-6f : 1e-5f;
    var config = new VitConfig(24, 8, 32, 2, 2, 4, true, 1e-5f, eps, variant);
    try (var encoder = Encoder.random(config, 7)) {
      encoder.save(folder);
      try (var loaded = Encoder.load(folder)) {
        assertEquals(config, loaded.config());
        var images = List.of(RandomImages.image(1, 24, 24));
        assertArrayEquals(encoder.embed(images)[0], loaded.embed(images)[0]);
      }
    }
  }

  @Test
  void aConfigThatIsNoJsonIsRefused() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"architecture\": ");
    assertTrue(refusal().contains("config.json: not JSON"), refusal());
  }

  @Test
  void aCutFileIsRefused() throws IOException {
    byte[] all = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(all, all.length - 100));
    assertTrue(refusal().contains("model.safetensors"), refusal());
  }

  /** The saved config with one change. */
  private void edit(String pattern, String replacement) throws IOException {
    Path config = folder.resolve("config.json");
    String text = Files.readString(config);
    String changed = text.replaceFirst("(?s)" + pattern, replacement);
    assertNotEquals(text, changed);
    Files.writeString(config, changed);
  }

  @Test
  void theImageSizeIsKept() throws IOException {
    try (var encoder = Encoder.random(SHALLOW, 7)) {
      encoder.setImageSize(96).save(folder);
    }
    var images = List.of(RandomImages.image(1, 64, 64));
    try (var random = Encoder.random(SHALLOW, 7);
        var loaded = Encoder.load(folder)) {
      assertEquals(SHALLOW, loaded.config());
      assertEquals(96, loaded.preprocessing().imageSize());
      assertArrayEquals(random.setImageSize(96).embed(images)[0], loaded.embed(images)[0]);
    }
    String config = Files.readString(folder.resolve("config.json"));
    assertTrue(config.contains("\"dynamic_img_size\": true"), "timm resamples positions then");
  }

  /** What the hub's config of a DINOv2 model holds besides. */
  @Test
  void aConfigOfTimmIsRead() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architecture": "vit_small_patch14_dinov2", "num_classes": 0, "num_features": 192,
         "global_pool": "token",
         "pretrained_cfg": {"tag": "lvd142m", "custom_load": false, "input_size": [3, 64, 64],
          "fixed_input_size": true, "interpolation": "bicubic", "crop_pct": 1.0,
          "crop_mode": "center", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
          "num_classes": 0, "pool_size": null, "first_conv": "patch_embed.proj",
          "classifier": "head", "license": "apache-2.0"}}
        """);
    try (var encoder = Encoder.load(folder)) {
      assertEquals(Preprocessing.imageNet(64), encoder.preprocessing());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[3, 96, 64]",
        "[3, 60, 60]",
        "[1, 64, 64]",
        "[64, 64]",
        "[3, 0, 0]",
        "[3, -8, -8]",
        "[3, 1073741824, 1073741824]",
        "[3, null, 64]",
        "[3, 9e99, 64]",
        "\"64\""
      })
  void anInputSizeThatIsNoSquareOfPatchesIsRefused(String size) throws IOException {
    edit("(\"input_size\": )\\[.*?\\]", "$1" + size);
    assertTrue(refusal().contains("config.json"), refusal());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[0.5, 0.5]",
        "[0.5, 0.5, 0.5, 0.5]",
        "[]",
        "[0.5, null, 0.5]",
        "[0.5, 1e39, 0.5]",
        "[0.5, 1e999, 0.5]",
        "[0.5, \"x\", 0.5]",
        "7"
      })
  void statisticsThatAreNotThreeFiniteNumbersAreRefused(String values) throws IOException {
    edit("(\"mean\": )\\[.*?\\]", "$1" + values);
    assertTrue(refusal().contains("config.json"), refusal());
    edit("(\"mean\": ).*?(, *\n *\"std\": )\\[.*?\\]", "$1[0.5, 0.5, 0.5]$2" + values);
    assertTrue(refusal().contains("config.json"), refusal());
  }

  @Test
  void aStandardDeviationOfZeroIsRefused() throws IOException {
    edit("(\"std\": \\[\\s*)[0-9.]+", "$10");
    assertTrue(refusal().contains("std [0.0, 0.224, 0.225]"), refusal());
  }

  @Test
  void nullsMeanTheDefaults() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architecture": null, "model_args": null,
         "pretrained_cfg": {"input_size": null, "mean": null, "std": null, "crop_pct": null}}
        """);
    try (var encoder = Encoder.load(folder)) {
      assertEquals(Preprocessing.imageNet(64), encoder.preprocessing());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-3", "5", "1000000000", "null, \"init_values\": 1e39"})
  void argumentsThatMakeNoTransformerAreRefused(String heads) throws IOException {
    Files.writeString(
        folder.resolve("config.json"), "{\"model_args\": {\"num_heads\": " + heads + "}}");
    assertTrue(refusal().contains("config.json"), refusal());
    assertTrue(refusal().contains("model.safetensors"), refusal());
  }

  /** Shapes whose lengths overflow cost no bytes where another length is 0. */
  @Test
  void lengthsBeyondAnIntAreRefused() throws IOException {
    String header =
        """
        {"cls_token":{"dtype":"F32","shape":[1,1,0],"data_offsets":[0,0]},\
        "patch_embed.proj.weight":{"dtype":"F32","shape":[0,3,8,8],"data_offsets":[0,0]},\
        "pos_embed":{"dtype":"F32","shape":[1,8589934592,0],"data_offsets":[0,0]}}""";
    var bytes = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    Files.write(weights, bytes.array());
    assertTrue(refusal().contains("model.safetensors"), refusal());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void weightsThatAreNotFiniteAreRefusedByName(float value) {
    float[] bias = new float[192];
    bias[100] = value;
    rewrite("blocks.1.mlp.fc2.bias", bias, 192);
    String message = refusal();
    assertTrue(message.contains("model.safetensors"), message);
    assertTrue(message.contains("'blocks.1.mlp.fc2.bias'"), message);
  }

  @Test
  void theLargestFiniteWeightsAreTaken() {
    float[] bias = new float[192];
    Arrays.fill(bias, Float.MAX_VALUE);
    rewrite("patch_embed.proj.bias", bias, 192);
    Encoder.load(folder).close();
  }
}
