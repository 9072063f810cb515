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

  @Test
  void aLoopInsideAnotherShowsInItsLine() throws InterruptedException {
    var opened = new ArrayList<List<String>>();
    Progress.showOn(
        () -> {
          opened.add(new ArrayList<>());
          return opened.get(opened.size() - 1)::add;
        });
    try (var outer = Progress.of("pretrain", "images", 2)) {
      outer.step(1);
      try (var inner = Progress.of("embed", "images", 2)) {
        Thread.sleep(300);
        inner.step(2);
      }
      outer.step(1);
    }
    try (var next = Progress.of("embed", "images", 2)) {
      next.step(2);
    }
    assertEquals(2, opened.size(), "one line for both loops, one for that after them");
    List<String> line = opened.get(0);
    assertEquals(2, line.size(), line::toString);
    assertTrue(line.get(0).startsWith("embed: 2/2"), line::toString);
    assertTrue(line.get(1).startsWith("pretrain: 2/2"), line::toString);
  }

  @Test
  void anInterruptedInnerLoopLeavesTheOuterOneTheLine() throws InterruptedException {
    try (var outer = Progress.of("pretrain", "images", 2)) {
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () -> {
            try (var inner = Progress.of("embed", "images", 2)) {
              inner.step(1);
            }
          });
      Thread.sleep(300);
      outer.step(2);
    }
    assertTrue(lines.get(0).startsWith("pretrain: 2/2"), lines::toString);
  }
}
