package org.omnirad.probe;

import java.util.Arrays;
import org.omnirad.encoder.Features;
import org.omnirad.run.InputException;

/** The features that a classifier learns from, and those on which it is chosen. */
final class TrainAndVal {

  private TrainAndVal() {}

  /**
   * Checks that a classifier can be learned.
   *
   * @throws InputException where labels are missing, or classes or features differ
   */
  static void check(Features train, Features val) {
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
    if (train.size() == 0 || val.size() == 0) {
      throw new InputException(
          "%d train images and %d for validation.".formatted(train.size(), val.size()),
          "A classifier learns from the first and is chosen on the second.");
    }
    if (Arrays.stream(train.targets()).map(Arrays::hashCode).distinct().count() < 2) {
      throw new InputException(
          "All train images have the labels %s.".formatted(Arrays.toString(train.targets()[0])),
          "A classifier needs images of at least two classes.");
    }
  }
}
