package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.omnirad.run.InputException;

class PrefetchedBatchesTest {

  private static ImageList list(int size, IntFunction<Sample> get) {
    return new ListedImages(size, get);
  }

  private static Sample sample(int index) {
    return ListedImages.sample("" + index);
  }

  @Test
  void batchesKeepTheOrder() {
    var ids = new ArrayList<String>();
    var sizes = new ArrayList<Integer>();
    try (var batches = new PrefetchedBatches(list(103, PrefetchedBatchesTest::sample), 10)) {
      while (batches.hasNext()) {
        List<Sample> batch = batches.next();
        sizes.add(batch.size());
        batch.forEach(s -> ids.add(s.id()));
      }
    }
    assertEquals(List.of(10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3), sizes);
    for (int i = 0; i < 103; i++) {
      assertEquals("" + i, ids.get(i));
    }
  }

  @Test
  void aBadImageIsReportedWhereItStands() {
    IntFunction<Sample> bad =
        i -> {
          if (i == 13) {
            throw new InputException("scan.png is cut.", "Copy it again.");
          }
          return sample(i);
        };
    try (var batches = new PrefetchedBatches(list(30, bad), 10)) {
      assertEquals(10, batches.next().size());
      assertEquals(
          "scan.png is cut. Copy it again.",
          assertThrows(InputException.class, batches::next).getMessage());
      assertThrows(InputException.class, batches::next); // and stands there still
    }
  }

  @Test
  void decodingStaysAFewBatchesAhead() throws InterruptedException {
    var decoded = new AtomicInteger();
    IntFunction<Sample> counting =
        i -> {
          decoded.incrementAndGet();
          return sample(i);
        };
    try (var batches = new PrefetchedBatches(list(100_000, counting), 10)) {
      batches.next();
      Thread.sleep(100);
      assertTrue(decoded.get() <= 60, decoded + " images decoded after one batch");
    }
  }
}
