package org.omnirad.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.run.RandomSource;

/**
 * Statistics of block masks agree with those that {@code tests/parity/block_masks.py} stored,
 * within {@value #ERRORS} standard errors of the difference.
 */
class MaskParityTest {

  private static final Path FIXTURE =
      Path.of("src/test/resources/org/omnirad/tests/parity/pretrain_masks.json");
  private static final int BATCHES = 1000;
  private static final int VIEWS = 64;
  private static final double ERRORS = 4.5;

  @ParameterizedTest
  @ValueSource(ints = {16, 8})
  void statisticsAgree(int side) throws IOException {
    JsonObject stored =
        JsonParser.parseString(Files.readString(FIXTURE))
            .getAsJsonObject()
            .getAsJsonObject("grids")
            .getAsJsonObject(String.valueOf(side));
    double[][] sorted = new double[VIEWS / 2][BATCHES];
    double[] fraction = new double[BATCHES];
    double[] square = new double[BATCHES];
    double[] centre = new double[BATCHES];
    double[] corner = new double[BATCHES];
    double[] perRun = new double[BATCHES];
    double runs = 0;
    double cells = 0;
    int[] maskedPlaces = new int[VIEWS];
    for (int b = 0; b < BATCHES; b++) {
      var random = new RandomSource(11).at(b, "masks");
      boolean[][] masks = BlockMasks.draw(MaskConfig.dinov2(), VIEWS, side, random);
      int[] counts = new int[VIEWS];
      double batchRuns = 0;
      for (int v = 0; v < VIEWS; v++) {
        for (int i = 0; i < side * side; i++) {
          int y = i / side;
          int x = i % side;
          if (masks[v][i]) {
            counts[v]++;
            batchRuns += x == 0 || !masks[v][i - 1] ? 1 : 0;
            boolean middle = Math.abs(2 * x - side + 1) == 1 && Math.abs(2 * y - side + 1) == 1;
            boolean edge = x % (side - 1) == 0 && y % (side - 1) == 0;
            centre[b] += middle ? 1.0 / 4 / (VIEWS / 2) : 0;
            corner[b] += edge ? 1.0 / 4 / (VIEWS / 2) : 0;
          }
        }
        maskedPlaces[v] += counts[v] > 0 ? 1 : 0;
      }
      int[] ascending = Arrays.stream(counts).filter(c -> c > 0).sorted().toArray();
      assertEquals(VIEWS / 2, ascending.length, "half of the views have a mask");
      for (int i = 0; i < ascending.length; i++) {
        double part = (double) ascending[i] / side / side;
        sorted[i][b] = ascending[i];
        fraction[b] += part / ascending.length;
        square[b] += part * part / ascending.length;
      }
      double batchCells = Arrays.stream(counts).sum();
      perRun[b] = batchCells / batchRuns;
      cells += batchCells;
      runs += batchRuns;
    }
    assertAgrees(stored, "masked_fraction", fraction);
    assertAgrees(stored, "cover_centre", centre);
    assertAgrees(stored, "cover_corner", corner);
    JsonElement values = stored.get("cells_sorted");
    for (int i = 0; i < sorted.length; i++) {
      assertNear(
          values.getAsJsonObject().getAsJsonArray("mean").get(i).getAsDouble(),
          values.getAsJsonObject().getAsJsonArray("se").get(i).getAsDouble(),
          mean(sorted[i]),
          error(sorted[i]),
          "cells_sorted " + i);
    }
    double deviation = Math.sqrt(mean(square) - Math.pow(mean(fraction), 2));
    double spread = stored.getAsJsonObject("masked_fraction_std").get("mean").getAsDouble();
    assertEquals(spread, deviation, 2e-4);
    JsonObject length = stored.getAsJsonObject("run_length");
    assertNear(
        length.get("mean").getAsDouble(),
        length.get("se").getAsDouble(),
        cells / runs,
        error(perRun),
        "run_length");
    // Which views have a mask is drawn anew for each batch.
    for (int count : maskedPlaces) {
      assertEquals(BATCHES / 2.0, count, ERRORS * Math.sqrt(BATCHES / 4.0));
    }
  }

  private static void assertAgrees(JsonObject stored, String name, double[] values) {
    JsonObject statistic = stored.getAsJsonObject(name);
    assertNear(
        statistic.get("mean").getAsDouble(),
        statistic.get("se").getAsDouble(),
        mean(values),
        error(values),
        name);
  }

  private static void assertNear(
      double expected, double expectedError, double found, double foundError, String name) {
    double allowed = ERRORS * Math.hypot(expectedError, foundError);
    assertTrue(
        Math.abs(expected - found) <= allowed + 1e-12,
        () -> "%s: %s, stored %s, allowed difference %s".formatted(name, found, expected, allowed));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double error(double[] values) {
    double mean = mean(values);
    double sum = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(sum / (values.length - 1) / values.length);
  }
}
