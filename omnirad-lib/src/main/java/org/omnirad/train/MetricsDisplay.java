package org.omnirad.train;

/** What shows the metrics of one training while it runs. */
public interface MetricsDisplay {

  /** Shows nothing. */
  MetricsDisplay NONE =
      new MetricsDisplay() {
        @Override
        public void added(MetricsLog log) {}

        @Override
        public void ended(MetricsLog log) {}
      };

  /** Called by the training's thread after each step. */
  void added(MetricsLog log);

  /** Called once when the training ended, whether done, interrupted or failed. */
  void ended(MetricsLog log);
}
