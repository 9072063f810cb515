package org.omnirad.plot;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.omnirad.run.InputException;

/** Points in the plane, a colour and a marker for each class. */
final class Scatter {

  private static final int WIDTH = 860;
  private static final int HEIGHT = 600;
  private static final double MARGIN = 0.04;
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE,
    SeriesMarkers.DIAMOND,
    SeriesMarkers.SQUARE,
    SeriesMarkers.TRIANGLE_UP,
    SeriesMarkers.TRIANGLE_DOWN
  };

  private Scatter() {}

  static XYChart chart(
      String title, List<String> axes, double[][] points, int[] labels, List<String> classNames) {
    check(points, labels, classNames.size());
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(axes.get(0))
            .yAxisTitle(axes.get(1))
            .build();
    var styler = chart.getStyler();
    styler.setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    styler.setLegendPosition(Styler.LegendPosition.OutsideE);
    styler.setChartBackgroundColor(java.awt.Color.WHITE);
    styler.setMarkerSize(points.length > 2000 ? 4 : points.length > 300 ? 6 : 9);
    int alpha = points.length > 2000 ? 140 : 190;
    List<String> names = ShortNames.of(classNames);
    for (int k = 0; k < names.size(); k++) {
      int wanted = k;
      int[] members = IntStream.range(0, points.length).filter(i -> labels[i] == wanted).toArray();
      if (members.length > 0) {
        chart
            .addSeries(names.get(k), column(points, members, 0), column(points, members, 1))
            .setMarker(MARKERS[k % MARKERS.length])
            .setMarkerColor(Palette.color(k, alpha));
      }
    }
    return chart;
  }

  /** Makes a unit as long on one axis as on the other, so that distances can be compared. */
  static XYChart equalScales(XYChart chart, double[][] points) {
    double[] x = range(points, 0);
    double[] y = range(points, 1);
    double[] shownX = x;
    double[] shownY = y;
    // Other ticks can need other margins, so the layout is read twice.
    for (int pass = 0; pass < 2; pass++) {
      show(chart, shownX, shownY);
      BitmapEncoder.getBufferedImage(chart);
      double width = chart.getScreenXFromChart(shownX[1]) - chart.getScreenXFromChart(shownX[0]);
      double height = chart.getScreenYFromChart(shownY[0]) - chart.getScreenYFromChart(shownY[1]);
      double perUnit = Math.min(width / (x[1] - x[0]), height / (y[1] - y[0]));
      shownX = around(x, width / perUnit);
      shownY = around(y, height / perUnit);
    }
    show(chart, shownX, shownY);
    return chart;
  }

  private static void show(XYChart chart, double[] x, double[] y) {
    var styler = chart.getStyler();
    styler.setXAxisMin(x[0]).setXAxisMax(x[1]);
    styler.setYAxisMin(y[0]).setYAxisMax(y[1]);
  }

  // From the smallest to the largest coordinate, with some room on both sides.
  private static double[] range(double[][] points, int axis) {
    var values = Arrays.stream(points).mapToDouble(point -> point[axis]).summaryStatistics();
    double length = values.getMax() - values.getMin();
    double[] ends = {values.getMin(), values.getMax()};
    return around(ends, length > 0 ? (1 + 2 * MARGIN) * length : 1);
  }

  private static double[] around(double[] ends, double length) {
    double middle = ends[0] + (ends[1] - ends[0]) / 2;
    return new double[] {middle - length / 2, middle + length / 2};
  }

  private static double[] column(double[][] points, int[] members, int axis) {
    return Arrays.stream(members).mapToDouble(i -> points[i][axis]).toArray();
  }

  private static void check(double[][] points, int[] labels, int classes) {
    if (points.length == 0 || points.length != labels.length) {
      throw new InputException(
          String.format(Locale.ROOT, "%,d points and %,d labels.", points.length, labels.length),
          "Give one label for each point.");
    }
    for (int i = 0; i < labels.length; i++) {
      double[] point = points[i];
      if (point.length != 2 || !Double.isFinite(point[0]) || !Double.isFinite(point[1])) {
        throw new InputException(
            "Point %d is %s.".formatted(i, Arrays.toString(point)),
            "Expected two finite coordinates.");
      }
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new InputException(
            "Point %d has label %d.".formatted(i, labels[i]),
            "The %d classes have labels from 0.".formatted(classes));
      }
    }
  }
}
