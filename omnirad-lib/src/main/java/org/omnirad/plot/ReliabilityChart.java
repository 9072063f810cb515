package org.omnirad.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.omnirad.metric.Calibration;
import org.omnirad.metric.Task;
import org.omnirad.report.ClassificationReport;

/** How often predictions are right beside how confident they are. */
final class ReliabilityChart {

  private static final Color LIGHT_GREY = new Color(0xD9D9D9);
  private static final int OPAQUE = 255;

  private ReliabilityChart() {}

  static XYChart of(ClassificationReport report) {
    Calibration calibration = Calibration.of(report.predictions());
    boolean findings = report.predictions().task() == Task.MULTI_LABEL;
    XYChart chart =
        UnitSquare.of(
            String.format(
                Locale.ROOT,
                "Reliability: %s (ECE %.3f, Brier %.3f)",
                report.title(),
                calibration.expectedError(),
                calibration.brier()),
            findings ? "probability of a finding" : "probability of the predicted class",
            findings ? "share that is present" : "share that is right");
    addShares(chart, calibration.bins());
    UnitSquare.diagonal(chart, "calibrated");
    List<Calibration.Bin> filled =
        calibration.bins().stream().filter(bin -> bin.count() > 0).toList();
    XYSeries line =
        chart.addSeries(
            "these predictions",
            values(filled, Calibration.Bin::confidence),
            values(filled, Calibration.Bin::right));
    Color color = Palette.color(0, OPAQUE);
    line.setLineColor(color).setLineStyle(new BasicStroke(1.8f));
    line.setMarkerColor(color).setMarker(SeriesMarkers.CIRCLE);
    return chart;
  }

  // An outline of bars, as the chart draws only lines.
  private static void addShares(XYChart chart, List<Calibration.Bin> bins) {
    double total = bins.stream().mapToLong(Calibration.Bin::count).sum();
    double[] x = new double[2 * bins.size()];
    double[] y = new double[2 * bins.size()];
    for (int b = 0; b < bins.size(); b++) {
      x[2 * b] = bins.get(b).low();
      x[2 * b + 1] = bins.get(b).high();
      y[2 * b] = bins.get(b).count() / total;
      y[2 * b + 1] = y[2 * b];
    }
    XYSeries bars = chart.addSeries("share of all predictions", x, y);
    bars.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Area);
    bars.setLineColor(LIGHT_GREY).setFillColor(LIGHT_GREY);
    bars.setMarker(SeriesMarkers.NONE);
  }

  private static double[] values(List<Calibration.Bin> bins, ToDoubleFunction<Calibration.Bin> f) {
    return bins.stream().mapToDouble(f).toArray();
  }
}
