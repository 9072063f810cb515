package org.omnirad.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;
import org.knowm.xchart.internal.chartpart.Annotation;
import org.knowm.xchart.style.AxesChartStyler;
import org.omnirad.metric.Interval;
import org.omnirad.run.InputException;

/** Bars one below the other beside their names, each with its interval as a whisker. */
final class BarChart {

  private static final int WIDTH = 720;
  private static final int BAR = 34;
  private static final int AROUND_THE_BARS = 90;
  private static final int LONGEST_NAME = 48;
  private static final int NAME_FOR_EVERY_BAR = 10;

  /** How much further than its ends the values' axis goes, so that no bar touches the frame. */
  private static final double MARGIN = 0.01;

  private BarChart() {}

  static HorizontalBarChart of(String title, String valueTitle, Map<String, Interval> values) {
    if (values.values().stream().noneMatch(Interval::defined)) {
      throw new InputException(
          "No value of %s to draw.".formatted(values.keySet()),
          "Give at least one that is defined.");
    }
    HorizontalBarChart chart =
        new HorizontalBarChartBuilder()
            .width(WIDTH)
            .height(AROUND_THE_BARS + BAR * values.size())
            .title(title)
            .xAxisTitle(valueTitle)
            .yAxisTitle("")
            .build();
    style(chart);
    var intervals = List.copyOf(values.values());
    showAll(chart, intervals);
    List<String> names = ShortNames.of(List.copyOf(values.keySet()), LONGEST_NAME);
    chart
        .addSeries("value", intervals.stream().map(BarChart::point).toList(), names)
        .setFillColor(Palette.color(0, 255));
    for (int bar = 0; bar < intervals.size(); bar++) {
      if (intervals.get(bar).defined()) {
        chart.addAnnotation(new Whisker(intervals.get(bar), bar, intervals.size()));
      }
    }
    return chart;
  }

  private static void style(HorizontalBarChart chart) {
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendVisible(false);
    styler.setLabelsVisible(false);
    styler.setLocale(Locale.ROOT);
    styler.setAvailableSpaceFill(0.55);
    styler.setPlotContentSize(1); // Whisker counts on it
    styler.setXAxisDecimalPattern("#,##0.###");
    styler.setPlotGridHorizontalLinesVisible(false);
    styler.setPlotGridLinesStroke(new BasicStroke(1)); // dashes would double the picture's bytes
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setXAxisTickMarkSpacingHint(NAME_FOR_EVERY_BAR); // of both axes in this kind of chart
    styler.setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right);
    styler.setYAxisTitleVisible(false);
  }

  /** The axis from 0, or below it, to the end of the longest whisker. */
  private static void showAll(HorizontalBarChart chart, List<Interval> intervals) {
    double low = 0;
    double high = 0;
    for (Interval interval : intervals) {
      if (interval.defined()) {
        low = Math.min(low, interval.low());
        high = Math.max(high, interval.high());
      }
    }
    double margin = MARGIN * Math.max(high - low, Double.MIN_NORMAL);
    chart.getStyler().setXAxisMin(low - margin).setXAxisMax(high + margin);
  }

  private static double point(Interval interval) {
    return interval.defined() ? interval.point() : Double.NaN;
  }

  /** An interval across the end of its bar; the chart itself has no such thing. */
  private static final class Whisker extends Annotation {

    private static final int HALF_CAP = 4;

    private final Interval interval;
    private final double place;

    Whisker(Interval interval, int bar, int bars) {
      super(false);
      this.interval = interval;
      place = (bar + 0.5) / bars;
    }

    @Override
    public void paint(Graphics2D g) {
      int top = getYAxisScreenValueForMin();
      int y = (int) Math.round(top + place * (getYAxisScreenValueForMax() - top));
      int left = getXAxisScreenValue(interval.low());
      int right = getXAxisScreenValue(interval.high());
      g.setColor(Color.BLACK);
      g.setStroke(new BasicStroke(1));
      g.drawLine(left, y, right, y);
      g.drawLine(left, y - HALF_CAP, left, y + HALF_CAP);
      g.drawLine(right, y - HALF_CAP, right, y + HALF_CAP);
    }
  }
}
