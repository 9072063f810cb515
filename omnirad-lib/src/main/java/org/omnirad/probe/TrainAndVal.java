package org.omnirad.probe;

import org.omnirad.encoder.Features;
import org.omnirad.run.InputException;

/** The features that a classifier learns from, and those on which it is chosen. */
final class TrainAndVal {

  private TrainAndVal() {}

  /**
   * Checks that a classifier can be learned.
   *
   * @throws InputException where a split is empty, labels are missing or all the same, or classes
   *     or features differ
   */
  static void check(Features train, Features val) {
    if (train.size() == 0 || val.size() == 0) {
      throw new InputException(
          "%d train images and %d for validation.".formatted(train.size(), val.size()),
          "A classifier learns from the first and is chosen on the second.");
    }
    Labels.check(train);
    Labels.check(val);
    if (!val.classNames().equals(train.classNames())
        || !val.spec().equals(train.spec())
        || val.dim() != train.dim()) {
      throw new InputException(
          "Validation has classes %s and %s with %d values, training %s and %s with %d."
              .formatted(
                  val.classNames(),
                  val.spec(),
                  val.dim(),
                  train.classNames(),
                  train.spec(),
                  train.dim()),
          "Embed two splits of one dataset with the same encoder and feature spec.");
    }
    Labels.requireSeveral(train);
  }
}
