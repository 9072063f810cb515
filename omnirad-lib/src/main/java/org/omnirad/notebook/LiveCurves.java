package org.omnirad.notebook;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.dflib.jjava.jupyter.kernel.DisplayStream;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.omnirad.plot.Plots;
import org.omnirad.train.MetricsDisplay;
import org.omnirad.train.MetricsLog;

/**
 * The curves of one training as one picture of the running cell, which is drawn anew as the
 * training goes on. Drawing takes at most a twentieth of the time.
 */
final class LiveCurves implements MetricsDisplay {

  private static final long NANOS_BETWEEN_PICTURES = 2_000_000_000L;
  private static final long PAUSE_PER_DRAWING = 19;
  private static final int COLUMNS = 2;

  /** One chart: columns of the metrics by their names in its legend. */
  private record Panel(String title, String yTitle, Map<String, String> columns) {}

  private static final List<Panel> PRETRAINING =
      List.of(
          new Panel(
              "Loss",
              "loss (nats)",
              named("total", "loss", "DINO", "dino", "iBOT", "ibot", "KoLeo", "koleo")),
          new Panel(
              "Entropy of the assignments",
              "entropy (nats)",
              named("teacher", "teacher_entropy", "student", "student_entropy")),
          new Panel("kNN accuracy", "accuracy", named("kNN accuracy", "knn_accuracy")),
          new Panel(
              "Spread of the features", "spread (0 alike, 1 apart)", named("spread", "spread")));

  private static final List<Panel> FINE_TUNING =
      List.of(
          new Panel("Training loss", "loss (nats)", named("loss", "loss")),
          new Panel(
              "Validation",
              "score",
              named("accuracy", "val_accuracy", "macro F1", "val_f1", "AUC", "val_auc")));

  private static final List<Panel> SEGMENTATION =
      List.of(
          new Panel("Training loss", "loss", named("loss", "loss")),
          new Panel("Validation", "score", named("Dice", "val_dice", "IoU", "val_iou")));

  private final DisplayStream display;
  private final String id = "omnirad-" + UUID.randomUUID();
  private boolean shown;
  private long next = System.nanoTime();

  LiveCurves(DisplayStream display) {
    this.display = display;
  }

  @Override
  public void added(MetricsLog log) {
    // The cell of an interrupted training has already ended.
    if (System.nanoTime() >= next && !Thread.currentThread().isInterrupted()) {
      show(log);
    }
  }

  @Override
  public void ended(MetricsLog log) {
    if (shown) {
      show(log);
    }
  }

  private void show(MetricsLog log) {
    long started = System.nanoTime();
    BufferedImage picture = draw(log);
    var data = new DisplayData(Pictures.text(picture));
    data.putData(MIMEType.IMAGE_PNG, Pictures.png(picture));
    data.putTransientData("display_id", id); // as in ProgressLine
    if (shown) {
      display.updateDisplay(data);
    } else {
      display.display(data);
    }
    shown = true;
    long now = System.nanoTime();
    next = now + Math.max(NANOS_BETWEEN_PICTURES, PAUSE_PER_DRAWING * (now - started));
  }

  /** The charts of the metrics that the training has, side by side; white where none is yet. */
  static BufferedImage draw(MetricsLog log) {
    List<Panel> panels =
        panels(log).stream().filter(p -> log.columns().containsAll(p.columns().values())).toList();
    int rows = Math.ceilDiv(panels.size(), COLUMNS);
    var picture =
        new BufferedImage(
            COLUMNS * Plots.CURVES_WIDTH,
            Math.max(1, rows) * Plots.CURVES_HEIGHT,
            BufferedImage.TYPE_USHORT_555_RGB); // fewer shades: two thirds of the bytes
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    for (int i = 0; i < panels.size(); i++) {
      BufferedImage chart = chart(panels.get(i), log);
      int x = i % COLUMNS * Plots.CURVES_WIDTH;
      graphics.drawImage(chart, x, i / COLUMNS * Plots.CURVES_HEIGHT, null);
    }
    graphics.dispose();
    return picture;
  }

  private static List<Panel> panels(MetricsLog log) {
    return log.columns().contains("val_dice")
        ? SEGMENTATION
        : log.columns().contains("val_f1") ? FINE_TUNING : PRETRAINING;
  }

  private static BufferedImage chart(Panel panel, MetricsLog log) {
    var series = new LinkedHashMap<String, double[]>();
    panel.columns().forEach((name, column) -> series.put(name, log.column(column)));
    boolean measured =
        series.values().stream().flatMapToDouble(Arrays::stream).anyMatch(Double::isFinite);
    if (!measured) {
      return new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    }
    String title = log.data().isEmpty() ? panel.title() : panel.title() + ", " + log.data();
    XYChart chart = Plots.curves(title, panel.yTitle(), log.column("step"), series);
    return BitmapEncoder.getBufferedImage(chart);
  }

  private static Map<String, String> named(String... namesAndColumns) {
    var columns = new LinkedHashMap<String, String>();
    for (int i = 0; i < namesAndColumns.length; i += 2) {
      columns.put(namesAndColumns[i], namesAndColumns[i + 1]);
    }
    return columns;
  }
}
