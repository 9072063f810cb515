package org.omnirad.train;

import java.util.Map;

/**
 * What a checkpoint says of itself, its {@code checkpoint.json}.
 *
 * @param step steps done
 * @param score how good the model was, higher is better; null where it was not measured
 * @param files md5 of each file of tensors by its name
 * @param values numbers that the training goes on with
 */
public record Checkpoint(
    long step, Double score, Map<String, String> files, Map<String, Double> values) {

  /** Copies the maps. */
  public Checkpoint {
    files = Map.copyOf(files);
    values = Map.copyOf(values);
  }
}
