package org.omnirad.classify;

import org.omnirad.probe.LinearProbeConfig;
import org.omnirad.probe.LogisticRegressionConfig;

/** A way to make a classifier of an encoder, in a {@link Comparison}. */
public sealed interface Regime {

  /** Its name in tables. */
  String name();

  /** The votes of the k nearest training images by their class tokens. */
  static Regime knn(int k) {
    return new Knn(k);
  }

  /**
   * {@link org.omnirad.probe.LinearProbe}, on the class tokens of the last four blocks and the mean
   * patch token.
   */
  static Regime linearProbe(LinearProbeConfig config) {
    return new Probe(config);
  }

  /** {@link org.omnirad.probe.LogisticRegression}, on the class token. */
  static Regime logisticRegression(LogisticRegressionConfig config) {
    return new Logistic(config);
  }

  /** {@link FineTuner}: adapters, or every weight of the encoder. */
  static Regime fineTuning(FineTuneConfig config) {
    return new FineTuning(config);
  }

  /** k nearest neighbours. */
  record Knn(int k) implements Regime {
    @Override
    public String name() {
      return "kNN-" + k;
    }
  }

  /** A linear probe; the comparison's seed takes the place of the config's. */
  record Probe(LinearProbeConfig config) implements Regime {
    @Override
    public String name() {
      return "linear probe";
    }
  }

  /** A logistic regression, which draws nothing. */
  record Logistic(LogisticRegressionConfig config) implements Regime {
    @Override
    public String name() {
      return "logistic regression";
    }
  }

  /** Fine-tuning; the comparison's seed takes the place of the config's. */
  record FineTuning(FineTuneConfig config) implements Regime {
    @Override
    public String name() {
      return config.adapters() == null ? "full fine-tuning" : "LoRA";
    }
  }
}
