package org.omnirad.plot;

import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;
import org.omnirad.report.ClassificationReport;

/** A confusion matrix as a heat map, the first true class on top. */
final class ConfusionChart {

  private static final Color[] WHITE_TO_BLUE = {Color.WHITE, new Color(0x6BAED6)};

  private static final int TICK_FOR_EVERY_CLASS = 10;

  private ConfusionChart() {}

  static HeatMapChart of(ClassificationReport report) {
    List<String> names = ShortNames.of(report.classNames());
    int side = Math.clamp(260 + 70L * names.size(), 420, 860);
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(side + 40)
            .height(side)
            .title(report.title())
            .xAxisTitle("predicted")
            .yAxisTitle("true")
            .build();
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setRangeColors(WHITE_TO_BLUE);
    styler.setShowValue(true);
    styler.setValueFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setHeatMapValueDecimalPattern("0");
    styler.setPlotContentSize(1);
    styler.setLegendVisible(false);
    styler.setXAxisTickMarkSpacingHint(TICK_FOR_EVERY_CLASS);
    styler.setYAxisTickMarkSpacingHint(TICK_FOR_EVERY_CLASS);
    styler.setYAxisLabelAlignment(AxesChartStyler.TextAlignment.Right);
    styler.setXAxisLabelRotation(names.size() > 4 ? 45 : 0);
    var upwards = new ArrayList<>(names);
    Collections.reverse(upwards);
    chart.addSeries("images", names, upwards, cells(report.confusion().counts()));
    return chart;
  }

  // {column, row from below, count}
  private static List<Number[]> cells(int[][] counts) {
    var cells = new ArrayList<Number[]>();
    for (int row = 0; row < counts.length; row++) {
      for (int column = 0; column < counts.length; column++) {
        cells.add(new Number[] {column, counts.length - 1 - row, counts[row][column]});
      }
    }
    return cells;
  }
}
