package org.omnirad.run;

import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One progress line of a long loop, updated in place: done of total, rate, time left. Each step
 * also honours a thread interrupt, so that an interrupted notebook cell stops cleanly.
 *
 * <p>Lines go to standard error, or where {@link #showOn} says; the system property {@code
 * omnirad.progress=off} silences them. A loop inside another one of the same thread shows its
 * progress in the line of the outer loop. Not for use by several threads at once.
 */
public final class Progress implements AutoCloseable {

  private static final long NANOS_BETWEEN_LINES = 250_000_000L;

  private static volatile Supplier<Consumer<String>> display = () -> Progress::toConsole;
  private static final ThreadLocal<Progress> RUNNING = new ThreadLocal<>();

  private final String what;
  private final String unit;
  private final long total;
  private final long started = System.nanoTime();
  private final Progress outer;
  private final Consumer<String> line;
  private long done;
  private long lastShown;

  private Progress(String what, String unit, long total) {
    this.what = what;
    this.unit = unit;
    this.total = total;
    this.outer = RUNNING.get();
    this.line = outer == null ? newLine() : outer.line;
    this.lastShown = started;
    RUNNING.set(this);
  }

  private static Consumer<String> newLine() {
    boolean quiet = "off".equals(System.getProperty("omnirad.progress"));
    return quiet ? text -> {} : display.get();
  }

  /**
   * Starts a loop of {@code total} units.
   *
   * @param what the activity, such as "embed"
   * @param unit the plural of what is counted, such as "images"
   */
  public static Progress of(String what, String unit, long total) {
    return new Progress(what, unit, total);
  }

  /**
   * Sends the lines of every later loop to a new display; each call of the supplier starts one
   * line.
   */
  public static void showOn(Supplier<Consumer<String>> newDisplay) {
    display = newDisplay;
  }

  /**
   * Counts {@code n} more units as done.
   *
   * @throws CancellationException where the thread was interrupted; the message says how far the
   *     loop came
   */
  public void step(long n) {
    done += n;
    checkInterrupt(); // first, because the cell of an interrupted loop has already ended
    long now = System.nanoTime();
    if (now - lastShown >= NANOS_BETWEEN_LINES) {
      show(now);
    }
  }

  private void show(long now) {
    for (Progress loop = this; loop != null; loop = loop.outer) {
      loop.lastShown = now;
    }
    line.accept(text(now));
  }

  /**
   * Stops the loop where the thread was interrupted.
   *
   * @throws CancellationException where it was
   */
  public void checkInterrupt() {
    if (Thread.interrupted()) {
      throw cancelled();
    }
  }

  /** The exception that says how far the loop came when it was interrupted. */
  public CancellationException cancelled() {
    return new CancellationException(
        String.format(Locale.ROOT, "%s interrupted after %,d of %,d %s", what, done, total, unit));
  }

  /** Shows the last state, where a line was shown before and no outer loop goes on in it. */
  @Override
  public void close() {
    if (outer == null) {
      RUNNING.remove();
    } else {
      RUNNING.set(outer);
    }
    if (outer == null && lastShown != started) {
      line.accept(text(System.nanoTime()));
    }
  }

  private String text(long now) {
    double seconds = (now - started) / 1e9;
    double rate = done / Math.max(seconds, 1e-9);
    String left =
        done >= total
            ? "took " + time(seconds)
            : time((total - done) / Math.max(rate, 1e-9)) + " left";
    return String.format(
        Locale.ROOT,
        "%s: %,d/%,d %s, %s %s/s, %s",
        what,
        done,
        total,
        unit,
        rate(rate),
        unit,
        left);
  }

  private static String rate(double rate) {
    return String.format(Locale.ROOT, rate < 10 ? "%.1f" : "%,.0f", rate);
  }

  private static String time(double seconds) {
    long s = Math.round(seconds);
    return s < 60
        ? s + " s"
        : s < 3600 ? s / 60 + " min " + s % 60 + " s" : s / 3600 + " h " + s / 60 % 60 + " min";
  }

  private static void toConsole(String text) {
    System.err.print("\r" + text + "\033[K" + (text.contains(", took ") ? "\n" : ""));
  }
}
