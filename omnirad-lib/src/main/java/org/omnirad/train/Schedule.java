package org.omnirad.train;

/**
 * A value that changes with the step of a training, as DINOv2 defines it: zero while frozen, a
 * linear warm-up that reaches both of its ends, then half a cosine, then its end.
 *
 * @param start first value of the warm-up
 * @param base last value of the warm-up and first of the cosine
 * @param end what the cosine comes to and what holds afterwards
 * @param frozenSteps steps at zero before everything else
 * @param warmupSteps steps of the warm-up
 * @param totalSteps steps in all
 */
public record Schedule(
    double start, double base, double end, long frozenSteps, long warmupSteps, long totalSteps) {

  /** Checks that the parts fit into the whole. */
  public Schedule {
    if (frozenSteps < 0 || warmupSteps < 0 || frozenSteps + warmupSteps > totalSteps) {
      throw new IllegalArgumentException(
          "%d frozen and %d warm-up steps of %d".formatted(frozenSteps, warmupSteps, totalSteps));
    }
  }

  /** Half a cosine from {@code base} to {@code end}. */
  public static Schedule cosine(double base, double end, long totalSteps) {
    return new Schedule(base, base, end, 0, 0, totalSteps);
  }

  /** A line from {@code start} to {@code end}, which then holds. */
  public static Schedule line(double start, double end, long steps) {
    return new Schedule(start, end, end, 0, steps, steps);
  }

  /** This schedule after a warm-up from {@code from}; the total stays. */
  public Schedule withWarmup(double from, long steps) {
    return new Schedule(from, base, end, frozenSteps, steps, totalSteps);
  }

  /** The value at a 0-based step. */
  public double at(long step) {
    if (step >= totalSteps) {
      return end;
    }
    if (step < frozenSteps) {
      return 0;
    }
    long warm = step - frozenSteps;
    if (warm < warmupSteps) {
      return warmupSteps == 1 ? start : start + (base - start) * warm / (warmupSteps - 1);
    }
    double done = (double) (warm - warmupSteps) / (totalSteps - frozenSteps - warmupSteps);
    return end + 0.5 * (base - end) * (1 + Math.cos(Math.PI * done));
  }
}
