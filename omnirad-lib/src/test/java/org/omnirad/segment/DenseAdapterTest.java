package org.omnirad.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.GradMode;

class DenseAdapterTest {

  /** The counts are those of the published modules. */
  @ParameterizedTest
  @CsvSource({
    "small, 384, 60688, 506112, 5859720, 8408834",
    "base, 768, 60688, 1896960, 38496888, 33627650",
    "tiny, 192, 60688, 71232, 370464, 526274"
  })
  void countsOfTrainedParameters(
      String name, int dim, long prior, long fusion, long hybrid, long head) {
    DenseConfig config =
        switch (name) {
          case "small" -> DenseConfig.small();
          case "base" -> DenseConfig.base();
          default -> DenseConfig.tiny();
        };
    var adapter = new DenseAdapter(config, dim, 1, 2);
    assertEquals(prior, count(adapter, "sta."));
    assertEquals(fusion, count(adapter, "fusion."));
    assertEquals(hybrid, count(adapter, "hybrid."));
    assertEquals(head, count(adapter, "head."));
  }

  private static long count(DenseAdapter adapter, String prefix) {
    return adapter.namedParameters().entrySet().stream()
        .filter(e -> e.getKey().startsWith(prefix) && e.getValue().requiresGradient())
        .mapToLong(e -> e.getValue().getShape().size())
        .sum();
  }

  @Test
  void seesTheLastBlockOfEachThird() {
    assertEquals(List.of(3, 7, 11), List.copyOf(SegmentNetwork.blocks(12)));
    assertEquals(List.of(7, 15, 23), List.copyOf(SegmentNetwork.blocks(24)));
    assertEquals(List.of(0, 1, 2), List.copyOf(SegmentNetwork.blocks(3)));
    assertThrows(InputException.class, () -> SegmentNetwork.blocks(2));
  }

  @Test
  void equalSeedsStartAlikeAndAnyNumberOfClassesWillDo() {
    var config = new DenseConfig(12, 4, 3, 5, 1);
    try (NDManager manager = NDManager.newBaseManager();
        var off = GradMode.off()) {
      var one = new DenseAdapter(config, 8, 1, 5).start(manager, new RandomSource(1));
      var same = new DenseAdapter(config, 8, 1, 5).start(manager, new RandomSource(1));
      var other = new DenseAdapter(config, 8, 1, 5).start(manager, new RandomSource(2));
      NDArray image = manager.randomNormal(new Shape(2, 3, 96, 96));
      var tokens = new NDList();
      for (int i = 0; i < DenseAdapter.LEVELS; i++) {
        tokens.add(manager.randomNormal(new Shape(2, 1 + 36, 8)));
      }
      var store = new ParameterStore(manager, false);
      NDArray logits = one.logits(store, image, tokens, false);
      assertEquals(new Shape(2, 5, 96, 96), logits.getShape());
      assertEquals(logits, same.logits(store, image, tokens, false));
      assertEquals(false, logits.equals(other.logits(store, image, tokens, false)));
    }
  }
}
