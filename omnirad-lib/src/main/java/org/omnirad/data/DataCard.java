package org.omnirad.data;

import java.util.ArrayList;
import java.util.List;

/** The text of a data card: a title, then one fact per line. */
final class DataCard {

  private final StringBuilder text = new StringBuilder();

  DataCard(String title) {
    text.append(title);
  }

  void line(String fact, String value) {
    text.append("\n  %-9s %s".formatted(fact, value));
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
