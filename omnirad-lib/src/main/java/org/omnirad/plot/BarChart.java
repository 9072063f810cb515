package org.omnirad.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.omnirad.metric.Interval;
import org.omnirad.run.InputException;

/** Bars side by side, each with its interval as a whisker. */
final class BarChart {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 400;
  private static final int TURNED_HEIGHT = 500;
  private static final int UPRIGHT_NAMES = 5;

  private BarChart() {}

  static CategoryChart of(String title, String yTitle, Map<String, Interval> values) {
    if (values.values().stream().noneMatch(Interval::defined)) {
      throw new InputException(
          "No value of %s to draw.".formatted(values.keySet()),
          "Give at least one that is defined.");
    }
    boolean upright = values.size() <= UPRIGHT_NAMES;
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(upright ? HEIGHT : TURNED_HEIGHT)
            .title(title)
            .xAxisTitle("")
            .yAxisTitle(yTitle)
            .build();
    List<String> names = ShortNames.of(List.copyOf(values.keySet()));
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendVisible(false);
    styler.setLocale(Locale.ROOT);
    styler.setAvailableSpaceFill(0.55);
    styler.setOverlapped(true); // the whiskers stand on their bars
    styler.setYAxisDecimalPattern("0.0##");
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setPlotGridLinesStroke(new BasicStroke(1)); // dashes would double the picture's bytes
    styler.setErrorBarsColor(Color.BLACK);
    styler.setXAxisTickMarkSpacingHint(1);
    styler.setXAxisLabelRotation(upright ? 0 : 45);
    CategorySeries bars = chart.addSeries("value", names, column(values, Interval::point));
    bars.setFillColor(Palette.color(0, 255));
    // The whisker's middle is not the bar's end: an interval need not be symmetric.
    CategorySeries whiskers =
        chart.addSeries(
            "interval",
            names,
            column(values, i -> (i.low() + i.high()) / 2),
            column(values, i -> (i.high() - i.low()) / 2));
    whiskers.setChartCategorySeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Scatter);
    whiskers.setMarker(SeriesMarkers.NONE);
    return chart;
  }

  private static List<Double> column(
      Map<String, Interval> values, Function<Interval, Double> number) {
    return values.values().stream().map(i -> i.defined() ? number.apply(i) : null).toList();
  }
}
