package org.omnirad.plot;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import org.omnirad.report.Report;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** A report as a Tablesaw table. */
final class ReportTable {

  private ReportTable() {}

  static Table of(Report report) {
    Table table = Table.create(report.title());
    for (int c = 0; c < report.columns().size(); c++) {
      int column = c;
      table.addColumns(
          column(report.columns().get(c), report.rows().stream().map(r -> r.get(column)).toList()));
    }
    return table;
  }

  private static Column<?> column(String name, List<Object> values) {
    if (values.stream().allMatch(Integer.class::isInstance)) {
      return IntColumn.create(name, values.stream().mapToInt(v -> (Integer) v).toArray());
    }
    if (values.stream().allMatch(Number.class::isInstance)) {
      DoubleColumn column =
          DoubleColumn.create(
              name, values.stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray());
      column.setPrintFormatter(
          new DecimalFormat("#,##0.####", DecimalFormatSymbols.getInstance(Locale.ROOT)), "");
      return column;
    }
    return StringColumn.create(name, values.stream().map(String::valueOf).toList());
  }
}
