package org.omnirad.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import org.omnirad.tensor.Ops;
import org.omnirad.tensor.ParameterOps;

/**
 * Turns the teacher's logits into probabilities. Class tokens and patches have a centre each: the
 * moving mean of the teacher's logits, of which a step uses what the steps before it left.
 */
final class Targets {

  /** The mean of some logits is gathered over the passes of a step. */
  private static final class Centre {
    final NDArray mean;
    NDArray sum;
    long count;

    Centre(NDManager manager, int prototypes) {
      mean = manager.zeros(new Shape(prototypes));
      sum = manager.zeros(new Shape(prototypes));
    }

    void add(NDArray logits) {
      sum.addi(logits.sum(new int[] {0}));
      count += logits.getShape().get(0);
    }

    void move(double weight) {
      if (count > 0) {
        sum.divi(count);
        ParameterOps.moveTowards(List.of(mean), List.of(sum), weight);
        forget();
      }
    }

    void forget() {
      sum.close();
      sum = mean.zerosLike();
      count = 0;
    }
  }

  private final ObjectiveConfig config;
  private final Centre classCentre;
  private final Centre patchCentre;

  Targets(NDManager manager, ObjectiveConfig config, int prototypes) {
    this.config = config;
    classCentre = new Centre(manager, prototypes);
    patchCentre = new Centre(manager, prototypes);
  }

  /** The probabilities (M, K) of class tokens, in place of their logits (M, K). */
  NDArray ofClasses(NDArray logits, double temperature) {
    return of(logits, classCentre, temperature);
  }

  /** The probabilities (M, K) of patches, in place of their logits (M, K). */
  NDArray ofPatches(NDArray logits, double temperature) {
    return of(logits, patchCentre, temperature);
  }

  private NDArray of(NDArray logits, Centre centre, double temperature) {
    if (config.centring() == Centring.SINKHORN) {
      return Ops.sinkhorn(logits, temperature, config.sinkhornRounds());
    }
    if (config.centring() == Centring.MOVING_MEAN) {
      centre.add(logits);
    }
    return Ops.centredSoftmax(logits, centre.mean, temperature);
  }

  /** Moves the centres towards the means of the step's logits. */
  void endStep() {
    classCentre.move(1 - config.centreMomentum());
    patchCentre.move(1 - config.centreMomentum());
  }

  /** Drops the step's logits. */
  void forget() {
    classCentre.forget();
    patchCentre.forget();
  }

  /** The centres, for a checkpoint. */
  Map<String, NDArray> state() {
    return Map.of("class", classCentre.mean, "patch", patchCentre.mean);
  }
}
