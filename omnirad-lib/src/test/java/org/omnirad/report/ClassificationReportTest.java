package org.omnirad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

class ClassificationReportTest {

  private static final List<String> CLASSES = List.of("benign", "malignant");
  private static final float[][] RIGHT_BUT_ONE = {
    {0.9f, 0.1f}, {0.8f, 0.2f}, {0.4f, 0.6f}, {0.3f, 0.7f}
  };

  @Test
  void offersItsMeasuresAsRows() {
    ClassificationReport report = report(RIGHT_BUT_ONE, 0, 0, 0, 1);
    assertEquals(List.of("measure", "value", "low", "high"), report.columns());
    assertEquals(List.of("accuracy", 0.75, 0.25, 1.0), report.rows().get(0));
    assertEquals(
        List.of("accuracy", "macro precision", "macro recall", "macro F1", "AUC"),
        report.rows().stream().map(List::getFirst).toList());
    assertEquals(0.75, (double) report.rows().get(1).get(1), 1e-15);
    assertEquals((2. / 3 + 1) / 2, (double) report.rows().get(2).get(1), 1e-15);
    assertEquals((0.8 + 2. / 3) / 2, report.macroF1().point(), 1e-15);
    assertEquals(List.of("AUC", 1.0, 1.0, 1.0), report.rows().get(4));
    assertEquals("1000", report.record().entries().get("bootstrap.resamples"));
    assertEquals("phantom", report.record().entries().get("data.name"));
  }

  @Test
  void offersARowForEachClass() {
    Report perClass = report(RIGHT_BUT_ONE, 0, 0, 0, 1).perClass();
    assertEquals(List.of("class", "images", "precision", "recall", "F1"), perClass.columns());
    assertEquals(List.of("benign", 3, 1.0, 2. / 3, 0.8), perClass.rows().get(0));
    assertEquals(List.of("malignant", 1, 0.5, 1.0, 2. / 3), perClass.rows().get(1));
  }

  @Test
  void printsForAConsole() {
    assertEquals(
        """
        kNN: 4 images, 2 classes
          accuracy  0.750 (95 % 0.250 to 1.000)
          macro F1  0.733 (95 % 0.200 to 1.000)
          AUC       1.000 (95 % 1.000 to 1.000)""",
        report(RIGHT_BUT_ONE, 0, 0, 0, 1).toString().replace("\r", ""));
  }

  @Test
  void theAucOfOneClassIsUndefined() {
    ClassificationReport report = report(RIGHT_BUT_ONE, 0, 0, 0, 0);
    assertEquals(List.of("AUC", "undefined", "undefined", "undefined"), report.rows().get(4));
    assertTrue(report.toString().endsWith("AUC       undefined"));
  }

  @Test
  void theFirstOfEquallyProbableClassesIsPredicted() {
    float[][] even = {{0.5f, 0.5f}, {0.5f, 0.5f}};
    assertEquals(2, report(even, 0, 1).confusion().predicted(0));
  }

  @Test
  void theSeedDecidesTheInterval() {
    var record = new RunRecord(Map.of());
    int[][] truth = {{0}, {0}, {0}, {1}};
    var seeded =
        ClassificationReport.of(
            "kNN", Task.BINARY, truth, RIGHT_BUT_ONE, CLASSES, record, new Bootstrap(10, 0.9, 5));
    assertEquals(0.9, seeded.accuracy().level());
    assertEquals("5", seeded.record().entries().get("bootstrap.seed"));
  }

  @Test
  void findingsHaveARowEachAndNoOneMatrix() {
    ClassificationReport report =
        ClassificationReport.of(
            "kNN",
            Task.MULTI_LABEL,
            new int[][] {{1, 0}, {0, 0}, {1, 1}},
            new float[][] {{0.9f, 0.2f}, {0.1f, 0.5f}, {0.3f, 0.8f}},
            List.of("cyst", "mass"),
            new RunRecord(Map.of()));
    assertEquals(List.of("cyst", 2, 1.0, 0.5, 2. / 3), report.perClass().rows().get(0));
    assertEquals(List.of("mass", 1, 1.0, 1.0, 1.0), report.perClass().rows().get(1));
    assertTrue(report.toString().startsWith("kNN: 3 images, 2 findings"), report.toString());
    assertTrue(
        assertThrows(InputException.class, report::confusion).getMessage().contains("perClass()"));
  }

  @Test
  void gradesPrintTheirAgreementToo() {
    ClassificationReport report =
        ClassificationReport.of(
            "kNN",
            Task.ORDINAL,
            new int[][] {{0}, {1}, {2}},
            new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
            List.of("none", "mild", "severe"),
            new RunRecord(Map.of()));
    assertEquals(
        """
        kNN: 3 images, 3 classes
          accuracy             1.000 (95 % 1.000 to 1.000)
          macro F1             1.000 (95 % 1.000 to 1.000)
          AUC                  1.000 (95 % 1.000 to 1.000)
          quadratic kappa      1.000 (95 % 1.000 to 1.000)
          mean absolute error  0.000 (95 % 0.000 to 0.000)""",
        report.toString().replace("\r", ""));
  }

  @Test
  void refusesWhatIsNoPrediction() {
    refused(new float[][] {{3.5f, -2}}, "expected 2 probabilities with sum 1", 0);
    refused(new float[][] {{0.5f, Float.NaN}}, "kNN: the prediction for image 0 has 2 values", 0);
    refused(new float[][] {{0.9f, 0.3f}}, "sum 1.200", 0);
    refused(new float[][] {{1}}, "image 0 has 1 values", 0);
    refused(new float[][] {{1, 0}}, "2 targets and 1 predictions", 0, 1);
    refused(new float[0][], "at least one image");
    refused(new float[][] {{1, 0}}, "the target of image 0 is [2]", 2);
  }

  private static void refused(float[][] probabilities, String message, int... truth) {
    String text =
        assertThrows(InputException.class, () -> report(probabilities, truth)).getMessage();
    assertTrue(text.contains(message), text);
  }

  private static ClassificationReport report(float[][] probabilities, int... truth) {
    var record = new RunRecord(Map.of("data.name", "phantom"));
    int[][] targets = IntStream.of(truth).mapToObj(t -> new int[] {t}).toArray(int[][]::new);
    return ClassificationReport.of("kNN", Task.BINARY, targets, probabilities, CLASSES, record);
  }
}
