package org.omnirad.metric;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Items sorted once by the score of one class, so that each resample takes one pass. */
final class RankedScores {

  private final int[] order;
  private final boolean[] positive;
  private final boolean[] endsTie;

  RankedScores(int[] truth, int positiveClass, float[] scores) {
    Checks.sameLength("truth", truth.length, "scores", scores.length);
    Checks.finite(scores);
    int n = truth.length;
    order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    positive = new boolean[n];
    endsTie = new boolean[n];
    for (int r = 0; r < n; r++) {
      positive[r] = truth[order[r]] == positiveClass;
      endsTie[r] = r == n - 1 || scores[order[r]] != scores[order[r + 1]];
    }
  }

  /** The area where item i occurs {@code times[i]} times; NaN where one side is empty. */
  double auc(int[] times) {
    long twiceWins = 0;
    long positives = 0;
    long negatives = 0;
    long tiedPositives = 0;
    long tiedNegatives = 0;
    for (int r = 0; r < order.length; r++) {
      int count = times[order[r]];
      if (positive[r]) {
        tiedPositives += count;
      } else {
        tiedNegatives += count;
      }
      if (endsTie[r]) {
        twiceWins += tiedPositives * (2 * negatives + tiedNegatives);
        positives += tiedPositives;
        negatives += tiedNegatives;
        tiedPositives = 0;
        tiedNegatives = 0;
      }
    }
    return positives == 0 || negatives == 0
        ? Double.NaN
        : twiceWins / (2.0 * positives * negatives);
  }

  /** The counts at every threshold, the highest first; {@code scores} are those it was made of. */
  ThresholdCurve curve(float[] scores) {
    int steps = 1;
    for (boolean ends : endsTie) {
      steps += ends ? 1 : 0;
    }
    double[] thresholds = new double[steps];
    long[] hits = new long[steps];
    long[] alarms = new long[steps];
    thresholds[0] = Double.POSITIVE_INFINITY;
    int step = 0;
    for (int r = order.length - 1; r >= 0; r--) {
      if (endsTie[r]) {
        step++;
        thresholds[step] = scores[order[r]];
        hits[step] = hits[step - 1];
        alarms[step] = alarms[step - 1];
      }
      (positive[r] ? hits : alarms)[step]++;
    }
    return new ThresholdCurve(thresholds, hits, alarms);
  }
}
