package org.omnirad.tensor;

import java.nio.file.Path;
import org.omnirad.run.InputException;

/** Refuses arrays that cannot fit the heap, before they are made. */
final class HeapSpace {

  private HeapSpace() {}

  /**
   * Checks that {@code count} elements fit a Java array and three quarters of the heap.
   *
   * @param what the subject of the message
   * @param elementBytes Java bytes per element
   */
  static void require(Path file, String what, long count, int elementBytes) {
    long heap = Runtime.getRuntime().maxMemory();
    if (count > Integer.MAX_VALUE - 8 || count > heap / 4 * 3 / elementBytes) {
      throw InputException.of(
          file,
          "%s has %d elements, too many for a heap of %d MiB.".formatted(what, count, heap >> 20),
          "Read it in parts, or raise the heap with -Xmx.");
    }
  }
}
