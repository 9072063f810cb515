package org.omnirad.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One column of a table as it is shown.
 *
 * @param name the heading
 * @param rightAligned whether it holds numbers
 * @param cells the texts, one per row
 */
record TextColumn(String name, boolean rightAligned, List<String> cells) {

  private static final int MOST_DECIMALS = 4;
  private static final int LONGEST_TEXT = 200;
  private static final double LEAST_PLAIN = 1e-3;
  private static final double MOST_PLAIN = 1e7;

  TextColumn {
    cells = List.copyOf(cells);
  }

  /** The column of these values: real numbers share the fewest decimals that show four of each. */
  static TextColumn of(String name, List<?> values) {
    boolean numbers = values.stream().allMatch(v -> v == null || v instanceof Number);
    int decimals = decimals(values);
    var cells = new ArrayList<String>();
    values.forEach(value -> cells.add(text(value, decimals)));
    return new TextColumn(name, numbers, cells);
  }

  /** A text of several lines: the columns side by side. */
  static String sideBySide(List<TextColumn> columns) {
    int rows = columns.isEmpty() ? 0 : columns.get(0).cells().size();
    var lines = new ArrayList<String>();
    for (int i = -1; i < rows; i++) {
      var line = new StringBuilder();
      for (TextColumn column : columns) {
        line.append(line.isEmpty() ? "" : "  ");
        line.append(column.padded(i < 0 ? column.name : column.cells.get(i)));
      }
      lines.add(line.toString().stripTrailing());
    }
    return String.join("\n", lines);
  }

  private String padded(String text) {
    int width = name.length();
    for (String cell : cells) {
      width = Math.max(width, cell.length());
    }
    String gap = " ".repeat(width - text.length());
    return rightAligned ? gap + text : text + gap;
  }

  private static String text(Object value, int decimals) {
    if (value == null) {
      return "";
    }
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      String pattern = isPlain(number) ? "%." + decimals + "f" : "%.3e";
      return String.format(Locale.ROOT, pattern, number);
    }
    String text = value.toString();
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
  }

  private static int decimals(List<?> values) {
    int most = 0;
    for (Object value : values) {
      if (value instanceof Double || value instanceof Float) {
        double number = ((Number) value).doubleValue();
        most = Math.max(most, isPlain(number) ? decimals(number) : 0);
      }
    }
    return most;
  }

  private static int decimals(double number) {
    String digits = String.format(Locale.ROOT, "%." + MOST_DECIMALS + "f", number);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return Math.max(0, end - digits.indexOf('.') - 1);
  }

  private static boolean isPlain(double number) {
    double size = Math.abs(number);
    return number == 0 || !Double.isFinite(number) || (size >= LEAST_PLAIN && size < MOST_PLAIN);
  }
}
