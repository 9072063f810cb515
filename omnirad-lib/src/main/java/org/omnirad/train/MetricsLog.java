package org.omnirad.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;

/**
 * The numbers of a training step by step, in memory and as a CSV file with a line for each step.
 * Values are written with all their digits; what was not measured at a step is NaN, and an empty
 * field in the file.
 */
public final class MetricsLog implements AutoCloseable {

  private static final String STEP = "step";
  private static final String READABLE = "Name the metrics.csv of a run folder.";

  private static volatile Supplier<MetricsDisplay> display = () -> MetricsDisplay.NONE;

  private final String data;
  private final List<String> columns;
  private final List<double[]> rows = new ArrayList<>();
  private final MetricsDisplay shown;
  private Writer file = Writer.nullWriter();

  private MetricsLog(String data, List<String> columns, MetricsDisplay shown) {
    this.data = data;
    this.columns = columns;
    this.shown = shown;
  }

  static MetricsLog open(Path path, String data, List<String> names, long lastStep) {
    var columns = new ArrayList<String>();
    columns.add(STEP);
    columns.addAll(names);
    var log = new MetricsLog(data, Collections.unmodifiableList(columns), display.get());
    try {
      if (Files.exists(path)) {
        log.read(path, lastStep);
      }
      var text = new StringBuilder(String.join(",", columns)).append('\n');
      log.rows.forEach(row -> text.append(line(row)));
      AtomicFiles.write(path, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
      log.file = Files.newBufferedWriter(path, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
      return log;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use " + path + ": " + e, e);
    }
  }

  /**
   * Reads the file of a training that has ended or is running.
   *
   * @throws InputException where it is no such file
   */
  public static MetricsLog read(Path path) {
    try {
      String header = Files.readString(path).lines().findFirst().orElse("");
      var log = new MetricsLog("", List.of(header.split(",", -1)), MetricsDisplay.NONE);
      if (!log.columns.get(0).equals(STEP)) {
        throw InputException.of(path, "its first column is not 'step'.", READABLE);
      }
      log.read(path, Long.MAX_VALUE);
      return log;
    } catch (IOException e) {
      throw InputException.of(path, "cannot be read.", READABLE, e);
    }
  }

  private void read(Path path, long lastStep) throws IOException {
    String text = Files.readString(path);
    // The last line of a training that was killed can be cut.
    List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    String header = String.join(",", columns);
    if (lines.isEmpty() || !lines.get(0).equals(header)) {
      throw InputException.of(
          path,
          "its first line is not '%s'.".formatted(header),
          "Move the file away; the training goes on without its past metrics.");
    }
    for (int i = 1; i < lines.size(); i++) {
      double[] row = row(path, i + 1, lines.get(i));
      if (row[0] <= lastStep) {
        rows.add(row);
      }
    }
  }

  private double[] row(Path path, int number, String line) {
    String[] fields = line.split(",", -1);
    try {
      if (fields.length == columns.size() && !fields[0].isEmpty()) {
        return Arrays.stream(fields)
            .mapToDouble(f -> f.isEmpty() ? Double.NaN : Double.parseDouble(f))
            .toArray();
      }
    } catch (NumberFormatException e) {
      // The same as a line of another length.
    }
    throw InputException.of(
        path,
        "line %d is not %d numbers.".formatted(number, columns.size()),
        "Move the file away; the training goes on without its past metrics.");
  }

  /** Sends every later training to a display of its own, which the supplier gives. */
  public static void showOn(Supplier<MetricsDisplay> newDisplay) {
    display = newDisplay;
  }

  /**
   * Adds a step.
   *
   * @param values by column; a column without a value is NaN
   */
  public void add(long step, Map<String, Double> values) {
    double[] row = new double[columns.size()];
    row[0] = step;
    for (int i = 1; i < row.length; i++) {
      row[i] = values.getOrDefault(columns.get(i), Double.NaN);
    }
    rows.add(row);
    try {
      file.write(line(row));
      file.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write metrics: " + e, e);
    }
    shown.added(this);
  }

  /** Names what is learned from; empty where the numbers were read from a file. */
  public String data() {
    return data;
  }

  /** The names of the columns; the first is {@code step}. */
  public List<String> columns() {
    return columns;
  }

  /** How many steps there are. */
  public int size() {
    return rows.size();
  }

  /** The values of one column, a value for each step. */
  public double[] column(String name) {
    int index = columns.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("no column '%s' in %s".formatted(name, columns));
    }
    return rows.stream().mapToDouble(row -> row[index]).toArray();
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write metrics: " + e, e);
    } finally {
      shown.ended(this);
    }
  }

  private static String line(double[] row) {
    var text = new StringBuilder().append((long) row[0]);
    for (int i = 1; i < row.length; i++) {
      text.append(',').append(Double.isNaN(row[i]) ? "" : Double.toString(row[i]));
    }
    return text.append('\n').toString();
  }
}
