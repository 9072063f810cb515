package org.omnirad.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

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

  /** A table's head: train, val and test after what the first column holds. */
  static List<String> splits(String first) {
    return List.of(first, "train", "val", "test");
  }

  /** A table's row: a number of each split. */
  static List<String> counts(String name, ToLongFunction<Split> count) {
    var row = new ArrayList<String>();
    row.add(name);
    for (Split split : Split.values()) {
      row.add(String.format(Locale.ROOT, "%,d", count.applyAsLong(split)));
    }
    return row;
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
