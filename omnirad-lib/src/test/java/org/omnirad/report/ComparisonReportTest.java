package org.omnirad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

class ComparisonReportTest {

  private static final int IMAGES = 200;
  private static final RunRecord NONE = new RunRecord(Map.of());

  /** Right about a share of the images, drawn by the seed. */
  private static ComparisonCell cell(String encoder, double share, long seed) {
    var random = new SplittableRandom(seed);
    int[][] targets = new int[IMAGES][1];
    float[][] p = new float[IMAGES][];
    for (int i = 0; i < IMAGES; i++) {
      targets[i][0] = i % 2;
      boolean right = random.nextDouble() < share;
      p[i] = right == (i % 2 == 1) ? new float[] {0.2f, 0.8f} : new float[] {0.8f, 0.2f};
    }
    var predictions = new Predictions(Task.BINARY, targets, p, 2);
    return new ComparisonCell("breast", encoder, "kNN", seed, Optional.of(predictions), "", NONE);
  }

  private static ComparisonReport report() {
    var cells = new ArrayList<ComparisonCell>();
    for (long seed = 1; seed <= 3; seed++) {
      cells.add(cell("good", 0.9, seed));
      cells.add(cell("bad", 0.6, 10 + seed));
      cells.add(cell("as bad", 0.6, 20 + seed));
    }
    cells.add(ComparisonCell.failed("breast", "broken", "kNN", 1, "no such file, \"x\""));
    return ComparisonReport.of(cells, NONE);
  }

  @Test
  void meansAndDeviationsAreThoseOfTheSeeds() {
    double[] accuracies = new double[3];
    for (int i = 0; i < 3; i++) {
      accuracies[i] = cell("good", 0.9, i + 1).predictions().get().score(Measure.ACCURACY);
    }
    double mean = (accuracies[0] + accuracies[1] + accuracies[2]) / 3;
    double squares = 0;
    for (double a : accuracies) {
      squares += (a - mean) * (a - mean);
    }
    List<Object> row = report().of(Measure.ACCURACY).rows().get(0);
    assertEquals(List.of("breast", "good", "kNN", 3), row.subList(0, 4));
    assertEquals(mean, (double) row.get(4), 1e-12);
    assertEquals(Math.sqrt(squares / 2), (double) row.get(5), 1e-12);
    assertTrue((double) row.get(6) < mean && mean < (double) row.get(7), row.toString());
    assertEquals(3 * Measure.of(Task.BINARY).size(), report().rows().size());
  }

  @Test
  void differencesArePaired() {
    Report differences = report().differences("bad", Measure.ACCURACY);
    assertEquals(2, differences.rows().size());
    List<Object> good = differences.rows().get(0);
    List<Object> same = differences.rows().get(1);
    assertEquals("good", good.get(2));
    assertTrue((double) good.get(4) > 0.1, good.toString());
    assertEquals(2.0 / 1001, (double) good.get(6), 1e-12);
    assertEquals(4.0 / 1001, (double) good.get(7), 1e-12); // Holm: the smaller of two
    assertEquals("as bad", same.get(2));
    assertTrue((double) same.get(4) < 0 && 0 < (double) same.get(5), same.toString());
    assertTrue((double) same.get(6) > 0.05, same.toString());
    assertEquals((double) same.get(6), (double) same.get(7), 1e-12);
  }

  @Test
  void aFailedCellIsNamed() {
    Report failures = report().failures();
    assertEquals(
        List.of(List.<Object>of("breast", "broken", "kNN", 1, "no such file, \"x\"")),
        failures.rows());
    assertEquals(
        "dataset,encoder,regime,seed,reason\nbreast,broken,kNN,1,\"no such file, \"\"x\"\"\"\n",
        failures.csv());
    assertEquals(
        """
        | dataset | encoder | regime | seed | reason |
        |---|---|---|---|---|
        | breast | broken | kNN | 1 | no such file, "x" |
        """,
        failures.markdown());
    assertThrows(InputException.class, () -> report().differences("broken", Measure.AUC));
    assertThrows(InputException.class, () -> report().values("chest", Measure.AUC));
  }

  @Test
  void oneSeedHasNoDeviation() {
    var one = ComparisonReport.of(List.of(cell("good", 0.9, 1)), NONE);
    assertEquals(Double.NaN, one.rows().get(0).get(6));
    assertTrue(one.csv().lines().skip(1).findFirst().get().contains(",,"), one.csv());
  }
}
