package org.omnirad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.run.InputException;

class MetricsLogTest {

  private static final List<String> COLUMNS = List.of("loss", "score");

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("metrics.csv");
  }

  private void write(int steps) {
    try (MetricsLog log = MetricsLog.open(file(), "phantom", COLUMNS, -1)) {
      for (int step = 1; step <= steps; step++) {
        log.add(
            step,
            step % 2 == 0
                ? Map.of("loss", 1.0 / 3 / step, "score", 0.5)
                : Map.of("loss", Double.MIN_VALUE));
      }
    }
  }

  @Test
  void comesBackToTheLastBit() throws IOException {
    write(4);
    try (MetricsLog log = MetricsLog.read(file())) {
      assertEquals(List.of("step", "loss", "score"), log.columns());
      assertArrayEquals(new double[] {1, 2, 3, 4}, log.column("step"));
      assertArrayEquals(
          new double[] {Double.MIN_VALUE, 1.0 / 6, Double.MIN_VALUE, 1.0 / 12}, log.column("loss"));
      assertArrayEquals(new double[] {Double.NaN, 0.5, Double.NaN, 0.5}, log.column("score"));
      var e = assertThrows(IllegalArgumentException.class, () -> log.column("colour"));
      assertEquals("no column 'colour' in [step, loss, score]", e.getMessage());
    }
    assertEquals("step,loss,score", Files.readAllLines(file()).get(0));
    assertEquals("1,4.9E-324,", Files.readAllLines(file()).get(1));
  }

  @Test
  void goesOnAfterTheCheckpoint() throws IOException {
    write(5);
    List<String> whole = Files.readAllLines(file());
    try (MetricsLog log = MetricsLog.open(file(), "phantom", COLUMNS, 3)) {
      assertEquals("phantom", log.data());
      assertEquals(3, log.size());
      log.add(4, Map.of("loss", 1.0 / 12, "score", 0.5));
      log.add(5, Map.of("loss", Double.MIN_VALUE));
    }
    assertEquals(whole, Files.readAllLines(file()));
    MetricsLog.open(file(), "phantom", COLUMNS, -1).close();
    assertEquals(List.of("step,loss,score"), Files.readAllLines(file()));
  }

  @Test
  void aLineCutAnywhereIsNoLine() throws IOException {
    write(2);
    String text = Files.readString(file());
    int lastLine = text.indexOf("\n2,") + 1;
    for (int length = lastLine; length < text.length(); length++) {
      Files.writeString(file(), text.substring(0, length));
      assertEquals(1, MetricsLog.read(file()).size(), text.substring(0, length));
    }
    try (MetricsLog log = MetricsLog.open(file(), "phantom", COLUMNS, 2)) {
      log.add(2, Map.of("loss", 1.0 / 6, "score", 0.5));
    }
    assertEquals(text, Files.readString(file()));
  }

  @Test
  void foreignFilesAreRefused() throws IOException {
    write(2);
    var header =
        assertThrows(
            InputException.class, () -> MetricsLog.open(file(), "phantom", List.of("loss"), 1));
    assertTrue(
        header.getMessage().contains("its first line is not 'step,loss'"), header.getMessage());
    Files.writeString(file(), "3,many,\n", StandardOpenOption.APPEND);
    var line = assertThrows(InputException.class, () -> MetricsLog.read(file()));
    assertTrue(line.getMessage().contains("line 4 is not 3 numbers"), line.getMessage());
    Files.writeString(file(), "name,age\n");
    assertThrows(InputException.class, () -> MetricsLog.read(file()));
    assertThrows(InputException.class, () -> MetricsLog.read(folder.resolve("none.csv")));
  }

  @Test
  void aDisplaySeesEveryStepOfLaterTrainings() {
    var seen = new ArrayList<Integer>();
    MetricsLog.showOn(() -> log -> seen.add(log.size()));
    try {
      write(3);
    } finally {
      MetricsLog.showOn(() -> log -> {});
    }
    write(1);
    assertEquals(List.of(1, 2, 3), seen);
  }
}
