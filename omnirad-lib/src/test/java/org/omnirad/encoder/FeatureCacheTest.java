package org.omnirad.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.Precision;

class FeatureCacheTest {

  private static final VitConfig SHALLOW = VitConfig.tiny().withImageSize(16).withDepth(1);

  private final Encoder encoder = Encoder.random(SHALLOW, 7);
  private final AtomicInteger decoded = new AtomicInteger();
  @TempDir Path folder;

  @AfterEach
  void close() {
    encoder.close();
  }

  /** Counts how many images are decoded. */
  private ImageList images(String name) {
    ImageList all = new RandomImages(8, 16);
    return new ImageList() {
      @Override
      public int size() {
        return all.size();
      }

      @Override
      public Sample get(int index) {
        decoded.incrementAndGet();
        return all.get(index);
      }

      @Override
      public Task task() {
        return all.task();
      }

      @Override
      public List<String> classNames() {
        return all.classNames();
      }

      @Override
      public RunRecord record() {
        return all.record().with("data.name", name);
      }
    };
  }

  @Test
  void tokensAreKeptWhereThoseOfAllImagesFit() throws IOException {
    ImageList images = images("a");
    List<Sample> samples = List.of(images.get(0), images.get(1));
    var blocks = new TreeSet<>(Set.of(0));
    // 8 images of 1 + 4 tokens with 192 values of 4 bytes.
    int bytes = 8 * 5 * 192 * Float.BYTES;
    try (NDManager manager = NDManager.newBaseManager()) {
      float[] computed =
          new BlockTokens(encoder, blocks).of(manager, samples).get(0).toFloatArray();
      assertEquals(2 * 5 * 192, computed.length);
      var small = new FeatureCache(folder.resolve("small"), bytes - 1);
      var large = new FeatureCache(folder.resolve("large"), bytes);
      for (FeatureCache cache : List.of(small, large, large)) {
        BlockTokens tokens = cache.tokens(encoder, images, blocks);
        assertArrayEquals(computed, tokens.of(manager, samples).get(0).toFloatArray());
      }
    }
    assertFalse(Files.exists(folder.resolve("small")));
    try (Stream<Path> kept = Files.list(folder.resolve("large"))) {
      assertEquals(2, kept.count());
    }
  }

  @Test
  void theSameImagesAreEmbeddedOnce() {
    var cache = new FeatureCache(folder, 1 << 20);
    Features made = cache.embed(encoder, images("a"), FeatureSpec.cls());
    Features kept = cache.embed(encoder, images("a"), FeatureSpec.cls());
    assertEquals(8, decoded.get());
    assertArrayEquals(made.vectors(), kept.vectors());
    assertEquals(made.record(), kept.record());
  }

  @Test
  void otherDataSpecPrecisionOrWeightsAreEmbeddedAnew() {
    var cache = new FeatureCache(folder, 1 << 20);
    float[] first = cache.embed(encoder, images("a"), FeatureSpec.cls()).vectors()[0];
    cache.embed(encoder, images("b"), FeatureSpec.cls());
    cache.embed(encoder, images("a"), FeatureSpec.cls().withPatchMean());
    encoder.setPrecision(Precision.BFLOAT16);
    cache.embed(encoder, images("a"), FeatureSpec.cls());
    assertEquals(4 * 8, decoded.get());
    try (var other = Encoder.random(SHALLOW, 8)) {
      float[] second = cache.embed(other, images("a"), FeatureSpec.cls()).vectors()[0];
      assertNotEquals(first[0], second[0]);
    }
  }

  @Test
  void aDamagedFileIsMadeAgain() throws IOException {
    var cache = new FeatureCache(folder, 1 << 20);
    cache.embed(encoder, images("a"), FeatureSpec.cls());
    Files.write(files().get(0), new byte[20]);
    cache.embed(encoder, images("a"), FeatureSpec.cls());
    cache.embed(encoder, images("a"), FeatureSpec.cls());
    assertEquals(16, decoded.get());
  }

  @Test
  void whatWasNotUsedForLongestGoesFirst() throws IOException {
    new FeatureCache(folder, 1 << 20).embed(encoder, images("a"), FeatureSpec.cls());
    long bytes = Files.size(files().get(0));
    var cache = new FeatureCache(folder, 2 * bytes + bytes / 2);
    cache.embed(encoder, images("b"), FeatureSpec.cls());
    cache.embed(encoder, images("a"), FeatureSpec.cls());
    cache.embed(encoder, images("c"), FeatureSpec.cls());
    assertEquals(2, files().size());
    int before = decoded.get();
    cache.embed(encoder, images("a"), FeatureSpec.cls());
    assertEquals(before, decoded.get());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
