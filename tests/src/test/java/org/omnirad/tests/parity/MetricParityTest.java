package org.omnirad.tests.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.omnirad.metric.Auc;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.ConfusionMatrix;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.RunRecord;

/** The scores against scikit-learn's; {@code tests/parity/metrics_fixture.py} writes the cases. */
class MetricParityTest {

  private static final double TOLERANCE = 1e-12;

  private record Case(
      String name,
      int[] truth,
      float[][] probabilities,
      double accuracy,
      double macroPrecision,
      double macroRecall,
      double macroF1,
      double[] f1,
      Double auc) {}

  @TestFactory
  List<DynamicTest> scoresEqualScikitLearn() throws IOException {
    try (var in = MetricParityTest.class.getResourceAsStream("metrics.json");
        var reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      List<Case> cases = List.of(new Gson().fromJson(reader, Case[].class));
      assertTrue(cases.size() > 10);
      return cases.stream().map(c -> DynamicTest.dynamicTest(c.name, () -> compare(c))).toList();
    }
  }

  private static void compare(Case c) {
    int classes = c.probabilities[0].length;
    List<String> names = IntStream.range(0, classes).mapToObj(k -> "class " + k).toList();
    var report =
        ClassificationReport.of(
            "test",
            c.truth,
            c.probabilities,
            names,
            new RunRecord(Map.of()),
            new Bootstrap(20, 0.95, 1));
    ConfusionMatrix confusion = report.confusion();
    assertEquals(c.accuracy, confusion.accuracy(), TOLERANCE);
    assertEquals(c.accuracy, report.accuracy().point(), TOLERANCE);
    assertEquals(c.macroPrecision, confusion.macroPrecision(), TOLERANCE);
    assertEquals(c.macroRecall, confusion.macroRecall(), TOLERANCE);
    assertEquals(c.macroF1, report.macroF1().point(), TOLERANCE);
    for (int k = 0; k < classes; k++) {
      assertEquals(c.f1[k], confusion.f1(k), TOLERANCE);
    }
    if (c.auc == null) {
      assertFalse(report.auc().defined());
      assertThrows(IllegalArgumentException.class, () -> auc(c));
    } else {
      assertEquals(c.auc, report.auc().point(), TOLERANCE);
      assertEquals(c.auc, auc(c), TOLERANCE);
    }
  }

  private static double auc(Case c) {
    if (c.probabilities[0].length > 2) {
      return Auc.macroOneVsRest(c.truth, c.probabilities);
    }
    float[] second = new float[c.truth.length];
    for (int i = 0; i < second.length; i++) {
      second[i] = c.probabilities[i][1];
    }
    return Auc.binary(c.truth, second);
  }
}
