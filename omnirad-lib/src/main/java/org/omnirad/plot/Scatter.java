package org.omnirad.plot;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
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
