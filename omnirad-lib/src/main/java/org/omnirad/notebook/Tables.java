package org.omnirad.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.FloatColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** How a Tablesaw table looks; a long one is cut in the middle, a wide one at the end. */
final class Tables {

  private static final int MOST_ROWS = 60;
  private static final int FIRST_ROWS = 20;
  private static final int LAST_ROWS = 5;
  private static final int MOST_COLUMNS = 30;

  private Tables() {}

  static String html(Table table) {
    String title = table.name() == null ? "" : Html.paragraph(table.name());
    return title + Html.table(columns(table)) + (isCut(table) ? Html.paragraph(size(table)) : "");
  }

  static String text(Table table) {
    String title = table.name() == null ? "" : table.name() + "\n";
    String rows = TextColumn.sideBySide(columns(table));
    return title + rows + (isCut(table) ? "\n" + size(table) : "");
  }

  private static boolean isCut(Table table) {
    return table.rowCount() > MOST_ROWS || table.columnCount() > MOST_COLUMNS;
  }

  private static String size(Table table) {
    return String.format(
        Locale.ROOT, "%,d rows x %,d columns", table.rowCount(), table.columnCount());
  }

  private static List<TextColumn> columns(Table table) {
    var columns = new ArrayList<TextColumn>();
    int shown = Math.min(table.columnCount(), MOST_COLUMNS);
    for (Column<?> column : table.columns().subList(0, shown)) {
      columns.add(shown(column));
    }
    return columns;
  }

  private static TextColumn shown(Column<?> column) {
    int n = column.size();
    if (n <= MOST_ROWS) {
      return shown(column, IntStream.range(0, n).toArray());
    }
    var first = shown(column, IntStream.range(0, FIRST_ROWS).toArray());
    var last = shown(column, IntStream.range(n - LAST_ROWS, n).toArray());
    var cells = new ArrayList<>(first.cells());
    cells.add("...");
    cells.addAll(last.cells());
    return new TextColumn(column.name(), first.rightAligned(), cells);
  }

  private static TextColumn shown(Column<?> column, int[] rows) {
    var values = new ArrayList<Object>();
    boolean formatted = false;
    for (int row : rows) {
      Object value = column.isMissing(row) ? null : column.get(row);
      values.add(value);
      formatted |=
          value instanceof Number number && !column.getString(row).equals(byDefault(number));
    }
    var plain = TextColumn.of(column.name(), values);
    if (!formatted) {
      return plain;
    }
    var cells = new ArrayList<String>(); // the column's own print format
    for (int row : rows) {
      cells.add(column.isMissing(row) ? "" : column.getString(row));
    }
    return new TextColumn(column.name(), plain.rightAligned(), cells);
  }

  /** As a column without a print format of its own writes it, which depends on the locale. */
  private static String byDefault(Number value) {
    return switch (value) {
      case Double d -> DoubleColumn.create("", new double[] {d}).getString(0);
      case Float f -> FloatColumn.create("", new float[] {f}).getString(0);
      default -> value.toString();
    };
  }
}
