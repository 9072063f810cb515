package org.omnirad.report;

import java.util.Map;
import java.util.Optional;
import org.omnirad.metric.Predictions;
import org.omnirad.run.RunRecord;

/**
 * One cell of a comparison.
 *
 * @param dataset its name
 * @param encoder its name, or that of a baseline
 * @param regime how the encoder became a classifier
 * @param seed of everything drawn
 * @param predictions for the test images; empty where the cell failed
 * @param failure why; empty where it did not
 * @param record where the result comes from
 */
public record ComparisonCell(
    String dataset,
    String encoder,
    String regime,
    long seed,
    Optional<Predictions> predictions,
    String failure,
    RunRecord record) {

  /** A cell without a result. */
  public static ComparisonCell failed(
      String dataset, String encoder, String regime, long seed, String failure) {
    return new ComparisonCell(
        dataset, encoder, regime, seed, Optional.empty(), failure, new RunRecord(Map.of()));
  }
}
