package org.omnirad.train;

/** What shows the metrics of one training while it runs. */
@FunctionalInterface
public interface MetricsDisplay {

  /** Shows nothing. */
  MetricsDisplay NONE = log -> {};

  /** Called by the training's thread after each step. */
  void added(MetricsLog log);

  /** Called once when the training ended, whether done, interrupted or failed. */
  default void ended(MetricsLog log) {}
}
