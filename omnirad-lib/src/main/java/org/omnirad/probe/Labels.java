package org.omnirad.probe;

import org.omnirad.encoder.Features;
import org.omnirad.run.InputException;

/** The one class of each image. */
final class Labels {

  private Labels() {}

  static int[] of(Features features) {
    int classes = features.classNames().size();
    int[] labels = new int[features.size()];
    for (int i = 0; i < labels.length; i++) {
      int[] target = features.targets()[i];
      if (target.length == 0) {
        throw new InputException(
            features.ids().get(i) + " has no label.", "Use labelled images here.");
      }
      if (target.length > 1) {
        throw new InputException(
            "%s has %d labels: a multi-label task.".formatted(features.ids().get(i), target.length),
            "This classifier takes images of exactly one class.");
      }
      if (target[0] < 0 || target[0] >= classes) {
        throw new InputException(
            "%s has label %d.".formatted(features.ids().get(i), target[0]),
            "The %d classes %s have labels from 0.".formatted(classes, features.classNames()));
      }
      labels[i] = target[0];
    }
    return labels;
  }
}
