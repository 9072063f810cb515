package org.omnirad.data;

import java.util.ArrayList;
import java.util.List;

/** The text of a data card: a title, one fact per line, a table. */
final class DataCard {

  private final StringBuilder text = new StringBuilder();

  DataCard(String title) {
    text.append(title);
  }

  void line(String fact, String value) {
    text.append("\n  %-9s %s".formatted(fact, value));
  }

  /** The first column to the left, the others to the right. */
  void table(List<List<String>> rows) {
    for (List<String> row : rows) {
      text.append("\n ");
      for (int c = 0; c < row.size(); c++) {
        int column = c;
        int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
        String gap = " ".repeat(width - row.get(c).length());
        text.append(c == 0 ? " " + row.get(c) + gap : "  " + gap + row.get(c));
      }
    }
  }

  /** "0 malignant; 1 normal, benign": class names hold commas. */
  static String numbered(List<String> classNames) {
    var parts = new ArrayList<String>();
    for (int i = 0; i < classNames.size(); i++) {
      parts.add(i + " " + classNames.get(i));
    }
    return String.join("; ", parts);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
