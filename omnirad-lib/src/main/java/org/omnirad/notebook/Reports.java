package org.omnirad.notebook;

import java.util.ArrayList;
import java.util.List;
import org.omnirad.report.Report;
import org.omnirad.run.RunRecord;

/** How a report looks: its title, its rows, and folded below them where they come from. */
final class Reports {

  private Reports() {}

  static String html(Report report) {
    return "<p><b>"
        + Html.escape(report.title())
        + "</b></p>\n"
        + Html.table(columns(report))
        + Html.folded("Run record", html(report.record()));
  }

  static String text(Report report) {
    return report.title() + "\n" + TextColumn.sideBySide(columns(report));
  }

  static String html(RunRecord record) {
    return Html.table(columns(record));
  }

  static String text(RunRecord record) {
    return TextColumn.sideBySide(columns(record));
  }

  private static List<TextColumn> columns(Report report) {
    var columns = new ArrayList<TextColumn>();
    for (int i = 0; i < report.columns().size(); i++) {
      var values = new ArrayList<Object>();
      for (List<Object> row : report.rows()) {
        values.add(row.get(i));
      }
      columns.add(TextColumn.of(report.columns().get(i), values));
    }
    return columns;
  }

  private static List<TextColumn> columns(RunRecord record) {
    return List.of(
        TextColumn.of("fact", List.copyOf(record.entries().keySet())),
        TextColumn.of("value", List.copyOf(record.entries().values())));
  }
}
