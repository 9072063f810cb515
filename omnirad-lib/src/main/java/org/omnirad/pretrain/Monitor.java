package org.omnirad.pretrain;

import java.util.Locale;
import org.omnirad.train.TrainingStoppedException;

/** Stops a pretraining that no longer learns: numbers that are none, or features that are alike. */
final class Monitor {

  /** Features whose directions spread less are taken for collapsed. */
  static final double MIN_SPREAD = 0.01;

  /** So many steps in a row. */
  static final int PATIENCE = 20;

  private int suspicious;

  /** Looks at a step before it moves the parameters. */
  void check(long step, Losses losses, double gradientNorm) {
    if (!Double.isFinite(losses.total()) || !Double.isFinite(gradientNorm)) {
      throw new TrainingStoppedException(
          ("Step %d: the loss is %s and the norm of its gradients %s, so the step was not taken. "
                  + "Parameters are as the step before left them. Try half of "
                  + "optimiser.base_learning_rate, a longer warm-up, or precision FLOAT32.")
              .formatted(step, losses.total(), gradientNorm));
    }
    suspicious = losses.spread() < MIN_SPREAD ? suspicious + 1 : 0;
    if (suspicious >= PATIENCE) {
      throw new TrainingStoppedException(
          String.format(
              Locale.ROOT,
              "Step %d: the encoder has collapsed. For %d steps the teacher's features of all images "
                  + "have pointed the same way (spread %.2g of 1, below %.2g). Try "
                  + "objective.centring SINKHORN, objective.koleo_weight 0.1, half of "
                  + "optimiser.base_learning_rate, or a teacher_momentum nearer to 1.",
              step,
              PATIENCE,
              losses.spread(),
              MIN_SPREAD));
    }
  }

  /** Whether the last step looked well, so that it may be kept as a checkpoint. */
  boolean sound() {
    return suspicious == 0;
  }

  int suspicious() {
    return suspicious;
  }

  void restore(int before) {
    suspicious = before;
  }
}
