package org.omnirad.run;

import java.util.Locale;

/**
 * How much work a notebook does: {@code SMOKE} to check that it runs, {@code FULL} for the numbers
 * shown.
 */
public enum RunBudget {
  /** Small sizes; for tests. */
  SMOKE,
  /** The sizes of the committed outputs; the default. */
  FULL;

  /** The budget that {@code OMNIRAD_BUDGET} names, or {@link #FULL} where it is not set. */
  public static RunBudget fromEnvironment() {
    String name = System.getenv("OMNIRAD_BUDGET");
    return name == null || name.isBlank() ? FULL : of(name);
  }

  static RunBudget of(String name) {
    try {
      return valueOf(name.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new InputException("OMNIRAD_BUDGET is '" + name + "'.", "Set it to 'smoke' or 'full'.");
    }
  }

  /** The value for this budget. */
  public int pick(int smoke, int full) {
    return this == SMOKE ? smoke : full;
  }

  /** The value for this budget. */
  public double pick(double smoke, double full) {
    return this == SMOKE ? smoke : full;
  }
}
