package org.omnirad.plot;

import java.awt.Color;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.Split;

/** Bars for the share of each class, side by side for the three splits. */
final class BalanceChart {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 380;
  private static final double HEADROOM = 1.1;
  private static final int UPRIGHT_NAMES = 4;

  private BalanceChart() {}

  static CategoryChart of(ImageDataset dataset) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Class balance of " + dataset.name())
            .xAxisTitle("class")
            .yAxisTitle("share of the split (%)")
            .build();
    var styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.OutsideE);
    styler.setYAxisMin(0.0);
    styler.setSeriesColors(
        new Color[] {Palette.color(0, 255), Palette.color(1, 255), Palette.color(2, 255)});
    // Closer than any two classes stand, so that each has its name.
    styler.setXAxisTickMarkSpacingHint(1);
    styler.setXAxisLabelRotation(dataset.classNames().size() > UPRIGHT_NAMES ? 45 : 0);
    List<String> names = ShortNames.of(dataset.classNames());
    double largest = 0;
    for (Split split : Split.values()) {
      ImageList images = dataset.split(split);
      String label =
          String.format(
              Locale.ROOT, "%s (%,d)", split.name().toLowerCase(Locale.ROOT), images.size());
      List<Double> shares = shares(images);
      largest = Math.max(largest, Collections.max(shares));
      chart.addSeries(label, names, shares);
    }
    styler.setYAxisMax(HEADROOM * largest);
    return chart;
  }

  private static List<Double> shares(ImageList images) {
    double total = Math.max(1, images.size());
    return Arrays.stream(images.classCounts()).mapToObj(count -> 100 * count / total).toList();
  }
}
