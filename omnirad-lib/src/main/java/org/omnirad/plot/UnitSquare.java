package org.omnirad.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** An empty chart of two shares, both axes from 0 to 1, the legend on the right. */
final class UnitSquare {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 480;
  private static final Color GREY = new Color(0x9A9A9A);
  private static final BasicStroke DASHED =
      new BasicStroke(
          1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {6, 5}, 0);

  private UnitSquare() {}

  static XYChart of(String title, String xTitle, String yTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.OutsideE);
    styler.setLocale(Locale.ROOT);
    styler.setPlotGridLinesStroke(new BasicStroke(1)); // dashes would double the picture's bytes
    styler.setXAxisMin(0.0).setXAxisMax(1.0);
    styler.setYAxisMin(0.0).setYAxisMax(1.0);
    styler.setXAxisDecimalPattern("0.0").setYAxisDecimalPattern("0.0");
    keepRoundTicks(chart);
    return chart;
  }

  // Where all coordinates are equally spaced, the library sets its ticks at multiples of that space
  // and not at round numbers; a point that is not seen prevents it.
  private static void keepRoundTicks(XYChart chart) {
    double[] uneven = {1 / Math.PI};
    XYSeries unseen = chart.addSeries("unseen", uneven, uneven);
    unseen.setLineStyle(SeriesLines.NONE);
    unseen.setMarker(SeriesMarkers.NONE);
    unseen.setShowInLegend(false);
  }

  /** Adds a thin dashed line from corner to corner. */
  static void diagonal(XYChart chart, String name) {
    XYSeries line = chart.addSeries(name, new double[] {0, 1}, new double[] {0, 1});
    line.setLineColor(GREY).setLineStyle(DASHED);
    line.setMarker(SeriesMarkers.NONE);
  }
}
