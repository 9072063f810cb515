package org.omnirad.pretrain;

import java.util.Locale;
import java.util.Map;
import org.omnirad.train.TrainingStoppedException;

/**
 * Stops a pretraining that no longer learns. It stops where numbers are none, and where one of
 * these holds for {@value #PATIENCE} steps in a row:
 *
 * <ul>
 *   <li>The teacher names the same prototype for all images: the entropy of the mean of its targets
 *       is below 1 % of ln K. Without centring, small runs come there within 10 to 30 steps; with
 *       it they stay above 60 %.
 *   <li>The teacher's features of all images point the same way, spread below 0.01, after they had
 *       been apart, spread above 0.1. A spread alone says nothing: random encoders start at 0.001
 *       and less, and stay there for dozens of steps of a healthy run.
 * </ul>
 *
 * <p>An encoder whose features never part is not stopped; its kNN score shows it.
 */
final class Monitor {

  static final int PATIENCE = 20;
  private static final double MIN_ENTROPY = 0.01;
  private static final double MIN_SPREAD = 0.01;
  private static final double APART = 0.1;

  private static final String WIDEST = "spread.widest";

  private final double mostEntropy;
  private double widest;
  private int suspicious;

  /** A monitor of a training with K prototypes. */
  Monitor(int prototypes) {
    mostEntropy = Math.log(prototypes);
  }

  /** Looks at a step before it moves the parameters. */
  void check(long step, Losses losses, double gradientNorm) {
    if (!Double.isFinite(losses.total()) || !Double.isFinite(gradientNorm)) {
      throw new TrainingStoppedException(
          ("Step %d: the loss is %s and the norm of its gradients %s, so the step was not taken. "
                  + "Try half of optimiser.base_learning_rate, a longer warm-up, or precision "
                  + "FLOAT32.")
              .formatted(step, losses.total(), gradientNorm));
    }
    widest = Math.max(widest, losses.spread());
    boolean one = losses.marginalEntropy() < MIN_ENTROPY * mostEntropy;
    boolean alike = losses.spread() < MIN_SPREAD && widest > APART;
    suspicious = one || alike ? suspicious + 1 : 0;
    if (suspicious >= PATIENCE) {
      throw new TrainingStoppedException(
          ("Step %d: the encoder has collapsed. For %d steps %s. Try objective.centring SINKHORN, "
                  + "objective.koleo_weight 0.1, half of optimiser.base_learning_rate, or a "
                  + "teacher_momentum nearer to 1.")
              .formatted(step, PATIENCE, one ? onePrototype(losses) : alikeFeatures(losses)));
    }
  }

  private String onePrototype(Losses losses) {
    return String.format(
        Locale.ROOT,
        "the teacher has named one prototype for all images (entropy of the mean target %.2g, at most %.2g)",
        losses.marginalEntropy(),
        mostEntropy);
  }

  private String alikeFeatures(Losses losses) {
    return String.format(
        Locale.ROOT,
        "the teacher's features of all images have pointed the same way (spread %.2g, once %.2g)",
        losses.spread(),
        widest);
  }

  /** Whether the last step looked well, so that what came of it may be kept as a checkpoint. */
  boolean sound() {
    return suspicious == 0;
  }

  /** What a checkpoint keeps, which is written only while all is well. */
  Map<String, Double> state() {
    return Map.of(WIDEST, widest);
  }

  void restore(Map<String, Double> before) {
    widest = before.getOrDefault(WIDEST, 0.0);
  }
}
