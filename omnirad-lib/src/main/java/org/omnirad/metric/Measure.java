package org.omnirad.metric;

import java.util.List;

/**
 * A score of predictions. Accuracy and AUC are MedMNIST's for each {@link Task}; precision, recall
 * and F1 are scikit-learn's macro means with {@code zero_division=0}.
 */
public enum Measure {
  /**
   * The share of images whose class is predicted; for a multi-label task, the mean over the
   * findings of the share of images where its presence is predicted rightly.
   */
  ACCURACY("accuracy"),
  /** The mean precision of the classes that occur in truth or predictions, or of all findings. */
  MACRO_PRECISION("macro precision"),
  /** The mean recall of the classes that occur in truth or predictions, or of all findings. */
  MACRO_RECALL("macro recall"),
  /** The mean F1 of the classes that occur in truth or predictions, or of all findings. */
  MACRO_F1("macro F1"),
  /**
   * The area under the ROC curve: of the second of two classes, or the mean over classes against
   * the rest, or over findings. It has no value where one of them is true of no image, or of all.
   */
  AUC("AUC"),
  /** Of grades only: {@link ConfusionMatrix#quadraticKappa}. */
  QUADRATIC_KAPPA("quadratic kappa"),
  /** Of grades only, the lower the better: {@link ConfusionMatrix#meanAbsoluteError}. */
  MEAN_ABSOLUTE_ERROR("mean absolute error");

  private static final List<Measure> OF_CLASSES =
      List.of(ACCURACY, MACRO_PRECISION, MACRO_RECALL, MACRO_F1, AUC);

  private final String label;

  Measure(String label) {
    this.label = label;
  }

  /** The measures of a task, in the order of a report. */
  public static List<Measure> of(Task task) {
    return task == Task.ORDINAL ? List.of(values()) : OF_CLASSES;
  }

  /** The name that a report prints. */
  public String label() {
    return label;
  }
}
