package org.omnirad.metric;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * A value with its confidence interval. Where the measure has no value, such as the AUC of data
 * that hold one class only, the interval is {@linkplain #undefined undefined}: its three numbers
 * are NaN and it prints as "undefined".
 *
 * @param point the value on all data
 * @param low lower end
 * @param high upper end
 * @param level share of resamples between both ends, in (0, 1), such as 0.95
 */
public record Interval(double point, double low, double high, double level) {

  /** Checks that the numbers are all finite, or all NaN. */
  public Interval {
    boolean none = Double.isNaN(point) && Double.isNaN(low) && Double.isNaN(high);
    boolean all = Double.isFinite(point) && low <= high && Double.isFinite(high - low);
    if (!(none || all) || !(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "%s, from %s to %s at level %s is no interval".formatted(point, low, high, level));
    }
  }

  /** The interval of a measure that has no value. */
  public static Interval undefined(double level) {
    return new Interval(Double.NaN, Double.NaN, Double.NaN, level);
  }

  /** Whether the measure has a value. */
  public boolean defined() {
    return !Double.isNaN(point);
  }

  /** The form {@code 0.846 (95 % 0.756 to 0.923)}. */
  @Override
  public String toString() {
    if (!defined()) {
      return "undefined";
    }
    String percent = BigDecimal.valueOf(100 * level).stripTrailingZeros().toPlainString();
    return String.format(Locale.ROOT, "%.3f (%s %% %.3f to %.3f)", point, percent, low, high);
  }
}
