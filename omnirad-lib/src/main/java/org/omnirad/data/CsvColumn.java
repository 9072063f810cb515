package org.omnirad.data;

import java.util.ArrayList;
import java.util.List;
import org.omnirad.run.InputException;

/**
 * Reads one column of a CSV file: a line of column names, then a row a line, commas between the
 * fields. A field can stand in double quotes, and a quote inside them is doubled; line breaks
 * inside fields are not read.
 */
final class CsvColumn {

  private CsvColumn() {}

  /**
   * The values of the column {@code name}, in the order of the rows; empty lines are passed over.
   *
   * @param where the file, for messages
   * @throws InputException where there is no such column or a row ends before it
   */
  static List<String> read(String text, String name, String where) {
    List<String> lines = text.lines().toList();
    List<String> header =
        lines.isEmpty() ? List.of() : fields(lines.get(0).replaceFirst("^\uFEFF", ""));
    int column = header.stream().map(String::strip).toList().indexOf(name);
    if (column < 0) {
      throw new InputException(
          "%s: has no column '%s' among its columns %s.".formatted(where, name, header),
          "Get the file again, or name its columns in the first line.");
    }
    var values = new ArrayList<String>(lines.size());
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        List<String> fields = fields(lines.get(i));
        if (fields.size() <= column) {
          throw new InputException(
              "%s: line %d has %d fields, '%s' is field %d."
                  .formatted(where, i + 1, fields.size(), name, column + 1),
              "Get the file again.");
        }
        values.add(fields.get(column).strip());
      }
    }
    return values;
  }

  static List<String> fields(String line) {
    var fields = new ArrayList<String>();
    var field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        field.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
