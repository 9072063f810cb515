package org.omnirad.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final List<String> lines = new ArrayList<>();
  private final String before = System.getProperty("omnirad.progress", "");

  @BeforeEach
  void listen() {
    System.clearProperty("omnirad.progress");
    Progress.showOn(() -> lines::add);
  }

  @AfterEach
  void restore() {
    System.setProperty("omnirad.progress", before);
  }

  @Test
  void aLongLoopShowsDoneRateAndTime() throws InterruptedException {
    try (var progress = Progress.of("embed", "images", 2000)) {
      Thread.sleep(300);
      progress.step(1000);
      progress.step(1000);
    }
    assertEquals(2, lines.size(), lines.toString());
    assertTrue(
        lines.get(0).matches("embed: 1,000/2,000 images, [\\d,]+ images/s, \\d+ s left"),
        lines.get(0));
    assertTrue(lines.get(1).contains("2,000/2,000 images") && lines.get(1).contains(", took 0 s"));
  }

  @Test
  void aShortLoopIsSilent() {
    try (var progress = Progress.of("embed", "images", 2)) {
      progress.step(2);
    }
    assertTrue(lines.isEmpty());
  }

  @Test
  void anInterruptEndsTheLoopAndIsCleared() {
    try (var progress = Progress.of("embed", "images", 10)) {
      progress.step(3);
      Thread.currentThread().interrupt();
      var stopped = assertThrows(CancellationException.class, () -> progress.step(3));
      assertEquals("embed interrupted after 6 of 10 images", stopped.getMessage());
      assertFalse(Thread.currentThread().isInterrupted());
    }
  }

  @Test
  void anInterruptedLoopStartsNoLine() throws InterruptedException {
    try (var progress = Progress.of("embed", "images", 10)) {
      Thread.sleep(300);
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> progress.step(3));
    }
    assertTrue(lines.isEmpty(), lines::toString);
  }
}
