package org.omnirad.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.Arrays;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.omnirad.metric.Interval;
import org.omnirad.report.SegmentationReport;
import org.omnirad.run.InputException;

/** How many images have which Dice. */
final class DiceChart {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 340;
  private static final int BINS = 20;
  private static final int OPAQUE = 255;

  private DiceChart() {}

  static XYChart of(SegmentationReport report) {
    Interval mean = report.meanDice();
    if (!mean.defined()) {
      throw new InputException(
          report.title() + ": no image has foreground.", "Evaluate images that have some.");
    }
    int[] images = report.byDice();
    int[] counts = new int[BINS];
    for (int image : images) {
      counts[Math.min((int) (BINS * report.dice(image)), BINS - 1)]++;
    }
    int most = Arrays.stream(counts).max().orElseThrow();
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("%s: mean Dice %s".formatted(report.title(), mean))
            .xAxisTitle(
                String.format(
                    Locale.ROOT, "Dice of an image (%,d images with foreground)", images.length))
            .yAxisTitle("images")
            .build();
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.InsideNW);
    styler.setLocale(Locale.ROOT);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setPlotGridLinesStroke(new BasicStroke(1)); // dashes would double the picture's bytes
    styler.setXAxisMin(0.0).setXAxisMax(1.0);
    styler.setXAxisDecimalPattern("0.0").setYAxisDecimalPattern("0");
    styler.setYAxisMin(0.0);
    addBars(chart, counts);
    XYSeries line =
        chart.addSeries("mean", new double[] {mean.point(), mean.point()}, new double[] {0, most});
    line.setLineColor(Color.BLACK).setLineStyle(new BasicStroke(1.6f));
    line.setMarker(SeriesMarkers.NONE);
    return chart;
  }

  // One outline, as the chart has no bars on an axis of numbers.
  private static void addBars(XYChart chart, int[] counts) {
    double[] x = new double[2 * BINS];
    double[] y = new double[2 * BINS];
    for (int b = 0; b < BINS; b++) {
      x[2 * b] = (double) b / BINS;
      x[2 * b + 1] = (b + 1.) / BINS;
      y[2 * b] = counts[b];
      y[2 * b + 1] = counts[b];
    }
    XYSeries bars = chart.addSeries("images", x, y);
    bars.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Area);
    bars.setLineColor(Palette.color(0, OPAQUE)).setFillColor(Palette.color(0, 90));
    bars.setMarker(SeriesMarkers.NONE);
  }
}
