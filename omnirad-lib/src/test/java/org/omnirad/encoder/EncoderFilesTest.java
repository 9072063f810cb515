package org.omnirad.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.run.InputException;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;

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
  void aCentreCropIsRefused() throws IOException {
    Path config = folder.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replaceAll("\"crop_pct\": [^,]*", "\"crop_pct\": 0.9"));
    assertTrue(refusal().contains("crop_pct is 0.9"), refusal());
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
}
