package org.omnirad.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.omnirad.run.InputException;

/** Lines over the steps of a training. */
final class CurveChart {

  /** The most points of a line. */
  static final int MAX_POINTS = 400;

  private static final int MARKED_POINTS = 40;
  private static final Font TICK_FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 10);
  private static final int OPAQUE = 255;

  private CurveChart() {}

  static XYChart of(
      String title, String xTitle, String yTitle, double[] steps, Map<String, double[]> series) {
    XYChart chart =
        new XYChartBuilder()
            .width(Plots.CURVES_WIDTH)
            .height(Plots.CURVES_HEIGHT)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendVisible(series.size() > 1);
    styler.setLocale(Locale.ROOT);
    styler.setMarkerSize(5);
    styler.setAxisTickLabelsFont(TICK_FONT);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setPlotGridLinesStroke(new BasicStroke(1)); // dashes would double the picture's bytes
    int k = 0;
    for (var entry : series.entrySet()) {
      double[][] points = points(steps, entry.getKey(), entry.getValue());
      if (points[0].length > 0) {
        XYSeries line = chart.addSeries(entry.getKey(), points[0], points[1]);
        Color color = Palette.color(k, OPAQUE);
        line.setLineColor(color).setLineStyle(new BasicStroke(1.6f));
        line.setMarkerColor(color);
        line.setMarker(
            points[0].length > MARKED_POINTS ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
      }
      k++;
    }
    if (chart.getSeriesCollection().isEmpty()) {
      throw new InputException(
          "No number of %s to draw.".formatted(series.keySet()),
          "Draw them after the first step that has one.");
    }
    return chart;
  }

  /** {steps, values} of the finite values, thinned to means where they are many. */
  private static double[][] points(double[] steps, String name, double[] values) {
    if (values.length != steps.length) {
      throw new InputException(
          "%d values of '%s' at %d steps.".formatted(values.length, name, steps.length),
          "Give one value for each step, NaN where there is none.");
    }
    int[] finite =
        IntStream.range(0, values.length).filter(i -> Double.isFinite(values[i])).toArray();
    int each = Math.max(1, Math.ceilDiv(finite.length, MAX_POINTS));
    return new double[][] {means(steps, finite, each), means(values, finite, each)};
  }

  private static double[] means(double[] values, int[] places, int each) {
    return IntStream.range(0, Math.ceilDiv(places.length, each))
        .mapToDouble(
            i ->
                Arrays.stream(places, i * each, Math.min((i + 1) * each, places.length))
                    .mapToDouble(place -> values[place])
                    .average()
                    .orElseThrow())
        .toArray();
  }
}
