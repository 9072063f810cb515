package org.omnirad.report;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Function;
import org.omnirad.run.RunRecord;

/**
 * A result that offers its rows, so that a notebook, a CSV file and a test all read the same
 * values.
 */
public interface Report {

  /** A short caption of the table. */
  String title();

  /** The column names. */
  List<String> columns();

  /** The rows; each value is a {@code String}, {@code Integer} or {@code Double}. */
  List<List<Object>> rows();

  /** Where the result comes from. */
  RunRecord record();

  /**
   * The table in Markdown: numbers with three decimals, a number that has no value is left blank.
   */
  default String markdown() {
    return "| "
        + String.join(" | ", columns())
        + " |\n"
        + "|---".repeat(columns().size())
        + "|\n"
        + lines(value -> shown(value, "%.3f").replace("|", "\\|"), "| ", " | ", " |");
  }

  /** The table as CSV (RFC 4180): all digits, a number that has no value is left blank. */
  default String csv() {
    return String.join(",", columns()) + "\n" + lines(Report::quoted, "", ",", "");
  }

  private String lines(Function<Object, String> cell, String before, String between, String after) {
    var lines = new StringBuilder();
    for (List<Object> row : rows()) {
      var line = new StringJoiner(between, before, after + "\n");
      row.forEach(value -> line.add(cell.apply(value)));
      lines.append(line);
    }
    return lines.toString();
  }

  private static String shown(Object value, String format) {
    return value instanceof Double number
        ? number.isNaN() ? "" : String.format(Locale.ROOT, format, number)
        : value.toString();
  }

  private static String quoted(Object value) {
    String text = shown(value, "%s");
    return text.matches("(?s).*[\",\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
