package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.data.TrainingStream.BrokenImage;
import org.omnirad.data.TrainingStream.Source;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;

class TrainingStreamTest {

  private static final RandomSource RANDOM = new RandomSource(11);

  /** Samples named a0, a1 and so on, of which some are broken. */
  private static Source source(String letter, int size, double weight, IntPredicate broken) {
    return new Source(
        new ListedImages(
            size,
            i -> {
              if (broken.test(i)) {
                throw new InputException(letter + i + " is cut short.", "Get it again.");
              }
              return ListedImages.sample(letter + i);
            }),
        weight);
  }

  private static Source source(String letter, int size, double weight) {
    return source(letter, size, weight, i -> false);
  }

  private static List<String> ids(TrainingStream stream, int steps) {
    var ids = new ArrayList<String>();
    for (int s = 0; s < steps; s++) {
      stream.next().forEach(sample -> ids.add(sample.id()));
    }
    return ids;
  }

  private static List<String> ids(List<Source> sources, int batch, long first, int steps) {
    try (var stream = new TrainingStream(sources, batch, RANDOM, first)) {
      return ids(stream, steps);
    }
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("omnirad-decode-"))
        .toList();
  }

  // A pool is terminated a moment before its last thread is.
  private static void assertEnded(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(5000);
      assertFalse(thread.isAlive(), thread + " is alive");
    }
  }

  @Test
  void everySampleComesOnceAnEpoch() {
    List<String> ids = ids(List.of(source("a", 103, 1)), 10, 0, 62); // six epochs and two samples
    for (int e = 0; e < 6; e++) {
      assertEquals(103, new HashSet<>(ids.subList(103 * e, 103 * (e + 1))).size());
    }
    assertNotEquals(ids.subList(0, 103), ids.subList(103, 206));
  }

  @Test
  void severalListsAreMixedByWeightAndEachIsReadInEpochs() {
    List<String> ids =
        ids(List.of(source("a", 30, 6), source("b", 70, 3), source("c", 9, 1)), 40, 0, 50);
    for (int block = 0; block < 2; block++) {
      Map<Character, Long> counts =
          ids.subList(1000 * block, 1000 * (block + 1)).stream()
              .collect(Collectors.groupingBy(id -> id.charAt(0), Collectors.counting()));
      assertEquals(Map.of('a', 600L, 'b', 300L, 'c', 100L), counts);
    }
    List<String> c = ids.stream().filter(id -> id.startsWith("c")).toList();
    for (int e = 0; e < 22; e++) {
      assertEquals(9, new HashSet<>(c.subList(9 * e, 9 * (e + 1))).size());
    }
  }

  @Test
  void aStepIsTheSameWhereverTheStreamStarted() {
    List<Source> sources =
        List.of(source("a", 37, 2), source("b", 500, 5, i -> i % 3 == 0), source("c", 8, 1));
    List<String> whole = ids(sources, 7, 0, 400);
    for (int start : new int[] {1, 5, 142, 143, 285, 399}) {
      int end = Math.min(400, start + 20);
      assertEquals(whole.subList(7 * start, 7 * end), ids(sources, 7, start, end - start));
    }
  }

  @Test
  void theSeedDecides() {
    try (var other = new TrainingStream(List.of(source("a", 50, 1)), 10, new RandomSource(12), 0)) {
      assertNotEquals(ids(other, 5), ids(List.of(source("a", 50, 1)), 10, 0, 5));
    }
  }

  @Test
  void stepsAreCountedOn() {
    try (var stream = new TrainingStream(List.of(source("a", 5, 1)), 3, RANDOM, 17)) {
      assertEquals(17, stream.step());
      stream.next();
      assertEquals(18, stream.step());
      assertTrue(stream.hasNext());
    }
  }

  @Test
  void brokenImagesAreReplacedCountedAndNamedOnce() {
    List<Source> sources = List.of(source("a", 40, 1), source("b", 20, 1, i -> i % 5 == 2));
    List<Source> sound = List.of(source("a", 40, 1), source("b", 20, 1));
    List<String> ids;
    long skipped;
    List<BrokenImage> broken;
    try (var stream = new TrainingStream(sources, 10, RANDOM, 0)) {
      assertEquals(0, stream.skipped());
      ids = ids(stream, 100);
      skipped = stream.skipped();
      broken = stream.broken();
      assertThrows(UnsupportedOperationException.class, broken::clear);
    }
    // 25 epochs of b, in each of which four are broken and some replacements too
    List<String> planned = ids(sound, 10, 0, 100);
    for (int i = 0; i < ids.size(); i++) {
      if (planned.get(i).matches("b(2|7|12|17)")) {
        assertTrue(ids.get(i).matches("b\\d+"), "not replaced from its own list: " + ids.get(i));
        assertFalse(ids.get(i).matches("b(2|7|12|17)"));
      } else {
        assertEquals(planned.get(i), ids.get(i));
      }
    }
    assertTrue(skipped >= 100 && skipped < 160, skipped + " skipped");
    assertEquals(List.of(2, 7, 12, 17), broken.stream().map(BrokenImage::index).sorted().toList());
    assertTrue(
        broken.contains(new BrokenImage(1, 7, "b7 is cut short. Get it again.")), "" + broken);
  }

  @Test
  void replacementsDifferFromOnePositionToAnother() {
    List<Source> sources = List.of(source("a", 1000, 1, i -> i % 3 == 0));
    List<Source> sound = List.of(source("a", 1000, 1));
    List<String> ids = ids(sources, 50, 0, 20);
    List<String> planned = ids(sound, 50, 0, 20);
    var replacements = new HashSet<String>();
    for (int i = 0; i < 1000; i++) {
      if (!planned.get(i).equals(ids.get(i))) {
        replacements.add(ids.get(i));
      }
    }
    // 334 draws among 666: 263 different ones are expected
    assertEquals(263, replacements.size(), 40);
  }

  @Test
  void nothingButBrokenImagesIsAnError() {
    List<Source> sources = List.of(source("a", 9, 99), source("b", 3, 1, i -> true));
    try (var stream = new TrainingStream(sources, 50, RANDOM, 0)) {
      var error =
          assertThrows(
              InputException.class,
              () -> {
                while (true) {
                  stream.next();
                }
              });
      assertTrue(
          error.getMessage().startsWith("100 draws in a row gave an image that cannot be decoded"),
          error.getMessage());
      assertTrue(error.getMessage().contains("3 different ones so far"), error.getMessage());
      assertTrue(error.getMessage().endsWith("Check that the files of list 2 are complete."));
      assertEquals(100, stream.skipped());
      assertEquals(3, stream.broken().size());
    }
  }

  @Test
  void moreBrokenThanSoundImagesIsAnErrorAndAlmostHalfIsNone() {
    try (var stream =
        new TrainingStream(List.of(source("a", 10_000, 1, i -> i % 10 < 6)), 100, RANDOM, 0)) {
      var error = assertThrows(InputException.class, () -> ids(stream, 20));
      assertTrue(
          error.getMessage().matches("[56]\\d\\d of the last 1,000 draws gave .*"),
          error.getMessage());
    }
    assertEquals(5000, ids(List.of(source("a", 10_000, 1, i -> i % 10 < 4)), 100, 0, 50).size());
  }

  @Test
  void otherFailuresAreNotTakenForBrokenImages() {
    var failing =
        new Source(
            new ListedImages(
                5,
                i -> {
                  throw new IllegalStateException("closed");
                }),
            1);
    try (var stream = new TrainingStream(List.of(failing), 5, RANDOM, 0)) {
      assertEquals("closed", assertThrows(IllegalStateException.class, stream::next).getMessage());
      assertEquals(0, stream.skipped());
    }
  }

  @Test
  void decodingStaysTwoBatchesAhead() throws InterruptedException {
    var decoded = new AtomicInteger();
    var counted =
        new ListedImages(
            100,
            i -> {
              decoded.incrementAndGet();
              return ListedImages.sample("" + i);
            });
    try (var stream = new TrainingStream(List.of(new Source(counted, 1)), 10, RANDOM, 0)) {
      stream.next();
      Thread.sleep(100);
      assertEquals(30, decoded.get());
    }
  }

  @Test
  void anInterruptEndsTheWaitAndClosingEndsTheThreads() throws InterruptedException {
    List<Thread> threads;
    var gate = new CountDownLatch(1);
    var blocked =
        new ListedImages(
            5,
            i -> {
              try {
                gate.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InputException("a" + i + " was not read.", "Read it again.");
              }
              return ListedImages.sample("a" + i);
            });
    try (var stream = new TrainingStream(List.of(new Source(blocked, 1)), 5, RANDOM, 0)) {
      threads = threads();
      assertFalse(threads.isEmpty());
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, stream::next);
      assertFalse(Thread.interrupted());
      gate.countDown();
      assertEquals(0, stream.step());
      assertEquals(5, stream.next().size()); // the same batch, not the next
      assertEquals(1, stream.step());
    }
    assertEnded(threads);
  }

  @Test
  void closingInTheMiddleOfDecodingIsNoBrokenImage() throws InterruptedException {
    var stuck =
        new ListedImages(
            5,
            i -> {
              try {
                Thread.sleep(60_000);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InputException("a" + i + " was not read.", "Read it again.");
              }
              return ListedImages.sample("a" + i);
            });
    var stream = new TrainingStream(List.of(new Source(stuck, 1)), 5, RANDOM, 0);
    List<Thread> threads = threads();
    assertFalse(threads.isEmpty());
    stream.close();
    assertEnded(threads);
    assertEquals(0, stream.skipped());
    assertThrows(IllegalStateException.class, stream::next);
  }

  @Test
  void aMillionImagesCostLittleAStep() {
    var large = new ListedImages(1_300_000, i -> ListedImages.sample("" + i));
    long start = System.nanoTime();
    List<String> ids = ids(List.of(new Source(large, 1)), 4, 20_000_000, 5000);
    double seconds = (System.nanoTime() - start) / 1e9;
    assertEquals(20_000, new HashSet<>(ids).size());
    assertTrue(seconds < 30, "5,000 steps took " + seconds + " s"); // one permutation, not 5,000
  }

  @Test
  void badArgumentsAreRefused() {
    List<Source> one = List.of(source("a", 5, 1));
    for (Function<RandomSource, TrainingStream> bad :
        List.<Function<RandomSource, TrainingStream>>of(
            r -> new TrainingStream(List.of(), 1, r, 0),
            r -> new TrainingStream(one, 0, r, 0),
            r -> new TrainingStream(one, 1, r, -1),
            r -> new TrainingStream(List.of(source("a", 5, -2)), 1, r, 0))) {
      assertThrows(IllegalArgumentException.class, () -> bad.apply(RANDOM).close());
    }
    List<Source> withEmpty = List.of(source("a", 5, 1), source("b", 0, 1));
    assertEquals(
        "List 2 of 2 to train on holds no image. Leave it out, or check its split.",
        assertThrows(InputException.class, () -> new TrainingStream(withEmpty, 1, RANDOM, 0))
            .getMessage());
  }

  @Test
  void theOrderIsNeitherThatOfTheListNorThatOfItsTwin() {
    List<String> ids = ids(List.of(source("a", 500, 1), source("b", 500, 1)), 100, 0, 10);
    List<Integer> a = places(ids, "a");
    List<Integer> b = places(ids, "b");
    assertNotEquals(a, b);
    var sorted = new ArrayList<>(a);
    Collections.sort(sorted);
    assertNotEquals(sorted, a);
    assertEquals(IntStream.range(0, 500).boxed().toList(), sorted);
  }

  private static List<Integer> places(List<String> ids, String letter) {
    return ids.stream()
        .filter(id -> id.startsWith(letter))
        .map(id -> Integer.parseInt(id.substring(1)))
        .toList();
  }
}
