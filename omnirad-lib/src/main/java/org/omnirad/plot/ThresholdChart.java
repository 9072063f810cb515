package org.omnirad.plot;

import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.metric.ThresholdCurve;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.InputException;

/** ROC and precision-recall curves, a line for each class. */
final class ThresholdChart {

  private static final BasicStroke LINE = new BasicStroke(1.8f);
  // Nearer points fall on one pixel.
  private static final double NEAR = 0.002;
  private static final int OPAQUE = 255;

  private ThresholdChart() {}

  static XYChart roc(ClassificationReport report) {
    XYChart chart =
        UnitSquare.of("ROC: " + report.title(), "false positive rate", "true positive rate");
    for (Line line : lines(report)) {
      double[] x = line.curve.falsePositiveRates();
      double[] y = line.curve.truePositiveRates();
      add(chart, line, "AUC", line.curve.auc(), thin(x, y));
    }
    UnitSquare.diagonal(chart, "chance");
    return chart;
  }

  static XYChart precisionRecall(ClassificationReport report) {
    XYChart chart = UnitSquare.of("Precision and recall: " + report.title(), "recall", "precision");
    for (Line line : lines(report)) {
      double[][] steps = steps(line.curve.truePositiveRates(), line.curve.precisions());
      add(chart, line, "AP", line.curve.averagePrecision(), thin(steps[0], steps[1]));
    }
    return chart;
  }

  private record Line(int color, String name, ThresholdCurve curve) {}

  // Of two classes the second; classes that are true of no image, or of all, have no curve.
  private static List<Line> lines(ClassificationReport report) {
    Predictions predictions = report.predictions();
    List<String> names = ShortNames.of(report.classNames());
    var lines = new ArrayList<Line>();
    int first = predictions.task() == Task.BINARY ? 1 : 0;
    for (int k = first; k < names.size(); k++) {
      int color = k - first;
      String name = names.get(k);
      curve(predictions, k).ifPresent(curve -> lines.add(new Line(color, name, curve)));
    }
    if (lines.isEmpty()) {
      throw new InputException(
          report.title() + ": no class is there in some images and absent from others.",
          "Evaluate on images of several classes.");
    }
    return lines;
  }

  private static Optional<ThresholdCurve> curve(Predictions predictions, int k) {
    long images = predictions.confusion(k).support(1);
    return images == 0 || images == predictions.size()
        ? Optional.empty()
        : Optional.of(ThresholdCurve.of(predictions.truth(k), predictions.scores(k)));
  }

  private static void add(
      XYChart chart, Line line, String measure, double value, double[][] points) {
    String label = String.format(Locale.ROOT, "%s, %s %.3f", line.name, measure, value);
    XYSeries series = chart.addSeries(label, points[0], points[1]);
    series.setLineColor(Palette.color(line.color, OPAQUE)).setLineStyle(LINE);
    series.setMarker(SeriesMarkers.NONE);
  }

  // The precision at a threshold holds back to the recall of the one before.
  private static double[][] steps(double[] x, double[] y) {
    double[][] steps = new double[2][2 * x.length - 1];
    for (int i = 0; i < x.length; i++) {
      steps[0][2 * i] = x[i];
      steps[1][2 * i] = y[i];
      if (i > 0) {
        steps[0][2 * i - 1] = x[i - 1];
        steps[1][2 * i - 1] = y[i];
      }
    }
    return steps;
  }

  private static double[][] thin(double[] x, double[] y) {
    double[] keptX = new double[x.length];
    double[] keptY = new double[y.length];
    int kept = 0;
    for (int i = 0; i < x.length; i++) {
      if (i == 0
          || i == x.length - 1
          || Math.abs(x[i] - keptX[kept - 1]) + Math.abs(y[i] - keptY[kept - 1]) >= NEAR) {
        keptX[kept] = x[i];
        keptY[kept] = y[i];
        kept++;
      }
    }
    return new double[][] {Arrays.copyOf(keptX, kept), Arrays.copyOf(keptY, kept)};
  }
}
