package org.omnirad.tests.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.omnirad.metric.Auc;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.Calibration;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.metric.ThresholdCurve;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.RunRecord;

/**
 * The scores against those of medmnist's Evaluator and of scikit-learn; {@code
 * tests/parity/metrics_fixture.py} writes the cases.
 */
class MetricParityTest {

  private static final double TOLERANCE = 1e-12;
  private static final int BINS = 10;

  private record Case(
      String name,
      Task task,
      int[][] targets,
      float[][] probabilities,
      double accuracy,
      Double auc,
      double macroPrecision,
      double macroRecall,
      double macroF1,
      double[] f1,
      Double kappa,
      Double absoluteError,
      double brier,
      double[] confidences,
      double[] right,
      Curve secondClass) {}

  private record Curve(
      float[] thresholds,
      double[] falsePositiveRates,
      double[] truePositiveRates,
      double[] precisions,
      double[] recalls,
      double averagePrecision) {}

  @TestFactory
  List<DynamicTest> scoresEqualTheirs() throws IOException {
    try (var in = MetricParityTest.class.getResourceAsStream("metrics.json");
        var reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      List<Case> cases = List.of(new Gson().fromJson(reader, Case[].class));
      var tasks = EnumSet.noneOf(Task.class);
      cases.forEach(c -> tasks.add(c.task));
      assertEquals(EnumSet.allOf(Task.class), tasks);
      assertTrue(cases.stream().filter(c -> c.secondClass != null).count() > 5);
      return cases.stream().map(c -> DynamicTest.dynamicTest(c.name, () -> compare(c))).toList();
    }
  }

  private static void compare(Case c) {
    int classes = c.probabilities[0].length;
    List<String> names = IntStream.range(0, classes).mapToObj(k -> "class " + k).toList();
    var report =
        ClassificationReport.of(
            "test",
            c.task,
            c.targets,
            c.probabilities,
            names,
            new RunRecord(Map.of()),
            new Bootstrap(20, 0.95, 1));
    assertEquals(c.accuracy, report.accuracy().point(), TOLERANCE);
    assertEquals(c.macroPrecision, point(report, Measure.MACRO_PRECISION), TOLERANCE);
    assertEquals(c.macroRecall, point(report, Measure.MACRO_RECALL), TOLERANCE);
    assertEquals(c.macroF1, report.macroF1().point(), TOLERANCE);
    for (int k = 0; k < classes; k++) {
      assertEquals(c.f1[k], (double) report.perClass().rows().get(k).get(4), TOLERANCE);
    }
    comparePossiblyUndefined(c.auc, report.auc().point());
    if (c.task == Task.ORDINAL) {
      comparePossiblyUndefined(c.kappa, point(report, Measure.QUADRATIC_KAPPA));
      assertEquals(c.absoluteError, point(report, Measure.MEAN_ABSOLUTE_ERROR), TOLERANCE);
    }
    compareArea(c, report.predictions());
    compareCalibration(c, Calibration.of(report.predictions(), BINS));
    if (c.secondClass != null) {
      compareCurve(c.secondClass, report.predictions());
    }
  }

  private static double point(ClassificationReport report, Measure measure) {
    return report.measures().get(measure).point();
  }

  private static void comparePossiblyUndefined(Double expected, double actual) {
    assertEquals(expected == null ? Double.NaN : expected, actual, TOLERANCE);
  }

  /** The same by the functions for plain arrays. */
  private static void compareArea(Case c, Predictions predictions) {
    int[] truth = Arrays.stream(c.targets).mapToInt(target -> target[0]).toArray();
    DoubleSupplier area =
        switch (c.task) {
          case BINARY -> () -> Auc.binary(truth, predictions.scores(1));
          case MULTI_CLASS, ORDINAL -> () -> Auc.macroOneVsRest(truth, c.probabilities);
          case MULTI_LABEL -> () -> meanOverFindings(predictions);
        };
    if (c.auc == null) {
      assertThrows(IllegalArgumentException.class, area::getAsDouble);
    } else {
      assertEquals(c.auc, area.getAsDouble(), TOLERANCE);
    }
  }

  private static double meanOverFindings(Predictions predictions) {
    return IntStream.range(0, predictions.classes())
        .mapToDouble(k -> Auc.binary(predictions.truth(k), predictions.scores(k)))
        .average()
        .orElseThrow();
  }

  private static void compareCalibration(Case c, Calibration calibration) {
    assertEquals(c.brier, calibration.brier(), TOLERANCE);
    assertArrayEquals(c.confidences, filled(calibration, Calibration.Bin::confidence), TOLERANCE);
    assertArrayEquals(c.right, filled(calibration, Calibration.Bin::right), TOLERANCE);
    double[] shares = filled(calibration, Calibration.Bin::count);
    double total = Arrays.stream(shares).sum();
    double error = 0;
    for (int b = 0; b < shares.length; b++) {
      error += shares[b] / total * Math.abs(c.confidences[b] - c.right[b]);
    }
    assertEquals(error, calibration.expectedError(), TOLERANCE);
  }

  private static double[] filled(Calibration calibration, ToDoubleFunction<Calibration.Bin> fact) {
    return calibration.bins().stream().filter(b -> b.count() > 0).mapToDouble(fact).toArray();
  }

  private static void compareCurve(Curve expected, Predictions predictions) {
    ThresholdCurve curve = ThresholdCurve.of(predictions.truth(1), predictions.scores(1));
    assertArrayEquals(expected.falsePositiveRates, curve.falsePositiveRates(), TOLERANCE);
    assertArrayEquals(expected.truePositiveRates, curve.truePositiveRates(), TOLERANCE);
    assertArrayEquals(expected.precisions, curve.precisions(), TOLERANCE);
    assertArrayEquals(expected.recalls, curve.truePositiveRates(), TOLERANCE);
    assertEquals(expected.averagePrecision, curve.averagePrecision(), TOLERANCE);
    for (int t = 0; t < expected.thresholds.length; t++) {
      assertEquals(expected.thresholds[t], curve.thresholds()[t + 1]);
    }
  }
}
