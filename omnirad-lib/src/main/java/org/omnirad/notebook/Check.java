package org.omnirad.notebook;

import java.util.Locale;

/** Compares a number of a notebook with what its text says of it. */
public final class Check {

  private Check() {}

  /**
   * Fails the cell where a number is not what was expected.
   *
   * @param what the number's name, such as "kNN accuracy"
   * @param value what this run found
   * @param expected what the notebook's author found
   * @param tolerance how far both may lie apart, at least 0
   * @return one line with the three numbers
   * @throws AssertionError where they lie further apart, or the value is not a number
   */
  public static String near(String what, double value, double expected, double tolerance) {
    String line =
        "%s is %s, expected %s within %s"
            .formatted(what, text(value), text(expected), text(tolerance));
    if (!(Math.abs(value - expected) <= tolerance)) {
      throw new AssertionError(line);
    }
    return line;
  }

  private static String text(double number) {
    if (number == Math.rint(number) && Math.abs(number) < 1e7) {
      return String.format(Locale.ROOT, "%.0f", number);
    }
    boolean plain = Math.abs(number) >= 1e-3 && Math.abs(number) < 1e7;
    return String.format(Locale.ROOT, plain ? "%.4f" : "%.1e", number);
  }
}
