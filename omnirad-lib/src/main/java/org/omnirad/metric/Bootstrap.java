package org.omnirad.metric;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.ToDoubleFunction;

/**
 * The percentile bootstrap (Efron 1979): N items are drawn with replacement, the measure is taken
 * on each such resample, and the middle {@code level} of the values is the interval. Equal
 * arguments give equal intervals.
 *
 * @param resamples how many, at least 2
 * @param level in (0, 1), such as 0.95
 * @param seed of the draws
 */
public record Bootstrap(int resamples, double level, long seed) {

  // A resample has a value with a probability of at least one half where the data have one.
  private static final int MAX_DRAWS = 200;

  /** Checks the numbers. */
  public Bootstrap {
    if (resamples < 2 || !(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "%d resamples at level %s; at least 2 and a level in (0, 1) are needed"
              .formatted(resamples, level));
    }
  }

  /** 1,000 resamples, 95 %, seed 0. */
  public static Bootstrap defaults() {
    return new Bootstrap(1000, 0.95, 0);
  }

  /**
   * The value of a measure with its interval.
   *
   * @param items N, at least 1
   * @param measure of data in which item i occurs {@code times[i]} times; NaN where it has no
   *     value, and such a resample is drawn again. The array is used again for the next resample
   * @return undefined where the measure has no value on all data
   * @throws CancellationException where the thread was interrupted
   */
  public Interval interval(int items, ToDoubleFunction<int[]> measure) {
    return difference(items, measure).interval();
  }

  /**
   * The mean of values with its interval, without those that are NaN.
   *
   * @param values at least one
   * @return undefined where all are NaN
   * @throws CancellationException where the thread was interrupted
   */
  public Interval mean(double[] values) {
    return interval(values.length, times -> mean(values, times));
  }

  private static double mean(double[] values, int[] times) {
    double sum = 0;
    long count = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        sum += times[i] * values[i];
        count += times[i];
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  /**
   * A difference of two scores of the same items.
   *
   * @param interval of the difference
   * @param p how often so large a difference, either way, would be seen by chance if there were
   *     none: twice the share of resamples on the other side of 0, in (0, 1]; NaN where the
   *     interval is undefined
   */
  public record Difference(Interval interval, double p) {}

  /**
   * The difference of two scores, both taken on the same resample: a paired comparison.
   *
   * @param items N, at least 1
   * @param difference as the measure of {@link #interval}
   * @throws CancellationException where the thread was interrupted
   */
  public Difference difference(int items, ToDoubleFunction<int[]> difference) {
    if (items < 1) {
      throw new IllegalArgumentException("no items to resample");
    }
    int[] times = new int[items];
    Arrays.fill(times, 1);
    double point = difference.applyAsDouble(times);
    if (Double.isNaN(point)) {
      return new Difference(Interval.undefined(level), Double.NaN);
    }
    double[] values = new double[resamples];
    var random = new SplittableRandom(seed);
    for (int i = 0; i < resamples; i++) {
      if (Thread.interrupted()) {
        throw new CancellationException(
            String.format(
                Locale.ROOT, "bootstrap interrupted after %,d of %,d resamples", i, resamples));
      }
      values[i] = resample(random, times, difference);
    }
    Arrays.sort(values);
    var interval =
        new Interval(
            point,
            Quantile.of(values, (1 - level) / 2),
            Quantile.of(values, (1 + level) / 2),
            level);
    long notAbove = Arrays.stream(values).filter(v -> v <= 0).count();
    long notBelow = Arrays.stream(values).filter(v -> v >= 0).count();
    // The data themselves count as one resample, so that no finite number of them gives 0.
    double p = 2.0 * (Math.min(notAbove, notBelow) + 1) / (resamples + 1);
    return new Difference(interval, Math.min(1, p));
  }

  private static double resample(
      SplittableRandom random, int[] times, ToDoubleFunction<int[]> measure) {
    for (int draw = 0; draw < MAX_DRAWS; draw++) {
      Arrays.fill(times, 0);
      for (int i = 0; i < times.length; i++) {
        times[random.nextInt(times.length)]++;
      }
      double value = measure.applyAsDouble(times);
      if (!Double.isNaN(value)) {
        return value;
      }
    }
    throw new IllegalStateException("the measure has no value on any of many resamples");
  }
}
