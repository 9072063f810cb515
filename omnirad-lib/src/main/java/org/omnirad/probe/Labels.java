package org.omnirad.probe;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;

/** The classes of each image: one, or as many as there are findings. */
final class Labels {

  private Labels() {}

  /**
   * The indices of each image's classes.
   *
   * @return N arrays: one class, or for a multi-label task those of the findings, which may be none
   * @throws InputException where an image has no label, or one that the task does not allow
   */
  static int[][] of(Features features) {
    check(features);
    int[][] labels = new int[features.size()][];
    for (int i = 0; i < labels.length; i++) {
      int[] target = features.targets()[i];
      labels[i] =
          features.task() == Task.MULTI_LABEL
              ? IntStream.range(0, target.length).filter(k -> target[k] == 1).toArray()
              : target;
    }
    return labels;
  }

  /**
   * Checks the labels.
   *
   * @throws InputException where an image has no label, or one that the task does not allow
   */
  static void check(Features features) {
    for (int i = 0; i < features.size(); i++) {
      check(features.targets()[i], features, features.ids().get(i));
    }
  }

  /**
   * Checks that there is something to tell apart.
   *
   * @throws InputException where all images have the same labels
   */
  static void requireSeveral(Features train) {
    if (Arrays.stream(train.targets()).map(Arrays::hashCode).distinct().count() < 2) {
      throw new InputException(
          "All train images have the labels %s.".formatted(Arrays.toString(train.targets()[0])),
          "A classifier needs images of at least two classes.");
    }
  }

  private static void check(int[] target, Features features, String id) {
    if (target.length == 0) {
      throw new InputException(id + " has no label.", "Use labelled images here.");
    }
    boolean findings = features.task() == Task.MULTI_LABEL;
    int classes = features.classNames().size();
    if (!features.task().allows(target, classes)) {
      throw new InputException(
          "%s has the labels %s.".formatted(id, Arrays.toString(target)),
          findings
              ? "The %d findings %s need a zero or one each."
                  .formatted(classes, features.classNames())
              : "The %d classes %s have one label from 0 each image."
                  .formatted(classes, features.classNames()));
    }
  }
}
