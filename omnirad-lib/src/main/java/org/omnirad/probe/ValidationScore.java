package org.omnirad.probe;

import java.util.Arrays;
import java.util.Comparator;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;

/**
 * By what classifiers are chosen: the accuracy on validation, for a multi-label task the AUC, and
 * the loss among equals.
 *
 * @param score 0 to 1; NaN where it has no value
 * @param loss the mean cross-entropy in nats; NaN where the probabilities are no numbers
 */
record ValidationScore(double score, double loss) {

  static final Comparator<ValidationScore> BEST_FIRST =
      Comparator.comparing((ValidationScore s) -> Double.isNaN(s.loss))
          .thenComparing(s -> Double.isNaN(s.score) ? 1 : -s.score)
          .thenComparing(ValidationScore::loss);

  static ValidationScore of(float[][] probabilities, Features val) {
    if (!Arrays.stream(probabilities).allMatch(ValidationScore::finite)) {
      return new ValidationScore(Double.NaN, Double.NaN);
    }
    int classes = val.classNames().size();
    var predictions = new Predictions(val.task(), val.targets(), probabilities, classes);
    boolean findings = val.task() == Task.MULTI_LABEL;
    double loss = 0;
    for (int i = 0; i < probabilities.length; i++) {
      for (int k = 0; k < classes; k++) {
        boolean is = predictions.isTrue(i, k);
        if (is || findings) {
          float p = is ? probabilities[i][k] : 1 - probabilities[i][k];
          loss -= Math.log(Math.max(p, Float.MIN_NORMAL));
        }
      }
    }
    double terms = (double) probabilities.length * (findings ? classes : 1);
    return new ValidationScore(predictions.score(measure(val.task())), loss / terms);
  }

  static Measure measure(Task task) {
    return task == Task.MULTI_LABEL ? Measure.AUC : Measure.ACCURACY;
  }

  private static boolean finite(float[] row) {
    for (float value : row) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
