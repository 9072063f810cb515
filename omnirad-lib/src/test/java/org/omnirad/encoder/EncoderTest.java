package org.omnirad.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.omnirad.data.RgbImage;
import org.omnirad.run.InputException;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Precision;

class EncoderTest {

  private static final VitConfig SHALLOW = VitConfig.tiny().withDepth(3);
  private static final Encoder ENCODER = Encoder.random(SHALLOW, 7);

  @AfterAll
  static void close() {
    ENCODER.close();
  }

  @Test
  void embedsEveryImageInOrder() {
    var images = new RandomImages(37, 64);
    Features features = ENCODER.embed(images);
    assertEquals(37, features.size());
    assertEquals(192, features.dim());
    assertEquals("noise/36", features.ids().get(36));
    assertArrayEquals(
        ENCODER.embed(List.of(images.get(20).image()))[0], features.vectors()[20], 1e-5f);
    assertEquals(20 % 3, features.labels()[20]);
  }

  @Test
  void mixesImageSizesInABatch() {
    Features mixed = ENCODER.embed(new RandomImages(6, 64, 30));
    float[] alone = ENCODER.embed(List.of(RandomImages.image(3, 30, 30)))[0];
    assertArrayEquals(alone, mixed.vectors()[3], 1e-5f);
  }

  @Test
  void featureSpecsAreMadeOfTheTokens() {
    var images = new RandomImages(2, 64);
    float[][][] tokens = ENCODER.tokens(List.of(images.get(0).image(), images.get(1).image()));
    assertEquals(65, tokens[1].length);
    Features features = ENCODER.embed(images, FeatureSpec.lastBlocks(2).withPatchMean());
    assertEquals(3 * 192, features.dim());
    float[] vector = features.vectors()[1];
    assertArrayEquals(tokens[1][0], Arrays.copyOfRange(vector, 192, 384), 1e-5f);
    double mean = Arrays.stream(tokens[1]).skip(1).mapToDouble(t -> t[5]).average().orElseThrow();
    assertEquals(mean, vector[384 + 5], 1e-5);
  }

  @Test
  void attentionRowsSumToOneAndTokensEqualTheFastPath() {
    RgbImage image = RandomImages.image(1, 64, 64);
    AttentionMaps maps = ENCODER.attention(image);
    assertEquals(3, maps.weights().length);
    for (float[][][] block : maps.weights()) {
      for (float[][] head : block) {
        for (float[] row : head) {
          double sum = 0;
          for (float weight : row) {
            sum += weight;
          }
          assertEquals(1, sum, 1e-5);
        }
      }
    }
    float[][] fast = ENCODER.tokens(List.of(image))[0];
    for (int i = 0; i < fast.length; i++) {
      assertArrayEquals(fast[i], maps.tokens()[i], 1e-5f);
    }
    assertEquals(64, maps.ofClassToken(2, 1).length);
  }

  /** Registers are tokens like others inside, and no patches outside. */
  @Test
  void registersAreNoPatches() {
    var shape = new VitConfig(32, 8, 32, 2, 2, 4, true, 0.1f, 1e-5f, VitConfig.Variant.ROTARY);
    try (var encoder = Encoder.random(shape, 7);
        var off = GradMode.off()) {
      var images = new RandomImages(1, 32);
      RgbImage image = images.get(0).image();
      float[][] tokens = encoder.tokens(List.of(image))[0];
      assertEquals(1 + 16, tokens.length);

      float[] vector = encoder.embed(images, FeatureSpec.cls().withPatchMean()).vectors()[0];
      assertArrayEquals(tokens[0], Arrays.copyOf(vector, 32), 1e-5f);
      double mean = Arrays.stream(tokens).skip(1).mapToDouble(t -> t[5]).average().orElseThrow();
      assertEquals(mean, vector[32 + 5], 1e-5);

      AttentionMaps maps = encoder.attention(image);
      assertEquals(1 + 4 + 16, maps.weights()[0][0].length);
      assertEquals(1 + 16, maps.tokens().length);
      assertArrayEquals(tokens[16], maps.tokens()[16], 1e-5f);
      float[] ofPatches = maps.ofClassToken(1, 0);
      assertEquals(16, ofPatches.length);
      assertEquals(maps.weights()[1][0][0][1 + 4], ofPatches[0]);

      float[] before = tokens[3];
      encoder.network().namedParameters().get("reg_token").getArray().addi(1);
      assertFalse(Arrays.equals(before, encoder.tokens(List.of(image))[0][3]));
    }
  }

  @Test
  void otherImageSizesHaveTheirOwnGrid() {
    try (var encoder = Encoder.random(SHALLOW, 7)) {
      List<RgbImage> images = List.of(RandomImages.image(1, 50, 70));
      float[] native64 = encoder.embed(images)[0];
      assertEquals(1 + 12 * 12, encoder.setImageSize(96).tokens(images)[0].length);
      assertFalse(Arrays.equals(native64, encoder.embed(images)[0]));
      assertEquals(12, encoder.attention(images.get(0)).gridWidth());
      assertArrayEquals(native64, encoder.setImageSize(64).embed(images)[0]);
      var e = assertThrows(InputException.class, () -> encoder.setImageSize(100));
      assertTrue(e.getMessage().contains("104 x 104"), e.getMessage());
    }
  }

  @Test
  void equalSeedsGiveEqualWeights() {
    try (var same = Encoder.random(SHALLOW, 7);
        var other = Encoder.random(SHALLOW, 8)) {
      String md5 = ENCODER.record().entries().get("encoder.md5");
      assertEquals(md5, same.record().entries().get("encoder.md5"));
      assertNotEquals(md5, other.record().entries().get("encoder.md5"));
    }
  }

  @Test
  void theMd5FollowsTheWeights() {
    try (var encoder = Encoder.random(SHALLOW, 7);
        var off = GradMode.off()) {
      String before = encoder.record().entries().get("encoder.md5");
      encoder.network().namedParameters().get("norm.bias").getArray().addi(1);
      String changed = encoder.record().entries().get("encoder.md5");
      assertNotEquals(before, changed);
      assertEquals(
          changed, encoder.embed(new RandomImages(1, 64)).record().entries().get("encoder.md5"));
      encoder.network().namedParameters().get("norm.bias").getArray().subi(1);
      assertEquals(before, encoder.record().entries().get("encoder.md5"));
    }
  }

  @Test
  void featuresThatAreNotFiniteAreAnErrorThatNamesTheImage() {
    try (var encoder = Encoder.random(SHALLOW, 7);
        var off = GradMode.off()) {
      encoder.network().namedParameters().get("norm.bias").getArray().addi(Float.NaN);
      var images = new RandomImages(20, 64);
      var one = assertThrows(InputException.class, () -> encoder.embed(images));
      assertTrue(one.getMessage().startsWith("noise/0: "), one.getMessage());
      var list = List.of(images.get(0).image());
      var other = assertThrows(InputException.class, () -> encoder.embed(list));
      assertTrue(other.getMessage().startsWith("image 0: "), other.getMessage());
    }
  }

  @Test
  void bfloat16IsCloseToFloat32() {
    try (var encoder = Encoder.random(SHALLOW, 7).setPrecision(Precision.BFLOAT16)) {
      List<RgbImage> images = List.of(RandomImages.image(1, 64, 64));
      float[] half = encoder.embed(images)[0];
      float[] full = ENCODER.embed(images)[0];
      assertFalse(Arrays.equals(half, full));
      assertArrayEquals(full, half, 0.05f);
    }
  }

  @Test
  void anInterruptStopsAndLeavesNoThread() throws InterruptedException {
    Thread.currentThread().interrupt();
    var stopped =
        assertThrows(CancellationException.class, () -> ENCODER.embed(new RandomImages(200, 64)));
    assertTrue(stopped.getMessage().contains("interrupted"), stopped.getMessage());
    assertFalse(Thread.currentThread().isInterrupted());
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("omnirad-decode")) {
        thread.join(5000); // a pool is terminated a moment before its last thread is
        assertFalse(thread.isAlive(), thread + " is alive");
      }
    }
    assertEquals(3, ENCODER.embed(new RandomImages(3, 64)).size());
  }
}
