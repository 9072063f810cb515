package org.omnirad.classify;

import java.util.Arrays;
import java.util.Locale;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.Split;
import org.omnirad.run.InputException;

/** Finds, before anything is computed, splits that a classifier cannot be made or scored with. */
final class SplitLabels {

  private SplitLabels() {}

  /**
   * Checks that a split has images, each with labels that its task allows.
   *
   * @throws InputException where it has not
   */
  static void require(ImageDataset dataset, Split split) {
    ImageList images = dataset.split(split);
    String name = split == Split.VAL ? "validation" : split.name().toLowerCase(Locale.ROOT);
    if (images.size() == 0) {
      throw new InputException(
          "%s has no %s images.".formatted(dataset.name(), name),
          "A classifier learns from the train split, is chosen on validation and scored on test.");
    }
    int classes = dataset.classNames().size();
    for (int i = 0; i < images.size(); i++) {
      int[] labels = images.labels(i);
      if (!dataset.task().allows(labels, classes)) {
        throw new InputException(
            "%s image %d of %s has the labels %s."
                .formatted(name, i, dataset.name(), Arrays.toString(labels)),
            "The task %s has %d classes: %s."
                .formatted(dataset.task(), classes, dataset.classNames()));
      }
    }
  }
}
