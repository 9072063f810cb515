package org.omnirad.tensor;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names like one that does not exist. */
public final class NearNames {

  private static final int SHOWN = 5;
  private static final int MAX_COMPARED = 10_000;

  private NearNames() {}

  /** The few names most like the one wanted, the nearest first. */
  public static List<String> of(String wanted, Collection<String> names) {
    return names.stream()
        .limit(MAX_COMPARED)
        .filter(name -> distance(wanted, name) <= Math.max(2, wanted.length() / 3))
        .sorted(Comparator.comparingInt(name -> distance(wanted, name)))
        .limit(SHOWN)
        .toList();
  }

  /** A sentence on what a file holds: the names most like the one wanted, or some of its names. */
  static String sentence(String wanted, Collection<String> names) {
    if (names.isEmpty()) {
      return "The file holds none.";
    }
    List<String> near = of(wanted, names);
    if (!near.isEmpty()) {
      return "The nearest of the file's "
          + names.size()
          + ": "
          + Excerpt.of(String.join(", ", near))
          + ".";
    }
    List<String> some = names.stream().sorted().limit(SHOWN).toList();
    return "The file holds "
        + Excerpt.of(String.join(", ", some))
        + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more." : ".");
  }

  /** Edit distance regardless of case; 1 where one name is the other with a dotted prefix. */
  private static int distance(String wanted, String name) {
    String a = wanted.toLowerCase(Locale.ROOT);
    String b = name.toLowerCase(Locale.ROOT);
    if (a.endsWith("." + b) || b.endsWith("." + a)) {
      return 1;
    }
    if (Math.abs(a.length() - b.length()) > a.length() || b.length() > 200) {
      return Integer.MAX_VALUE;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
