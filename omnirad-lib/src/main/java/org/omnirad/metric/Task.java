package org.omnirad.metric;

import java.util.Arrays;

/** What the labels of a dataset mean, and so how predictions are scored; the four of MedMNIST. */
public enum Task {
  /** One of K classes. */
  MULTI_CLASS,
  /** One of two classes; the second is the positive one. */
  BINARY,
  /** Any subset of K findings, none included; labels are K zeros and ones. */
  MULTI_LABEL,
  /** One of K grades, in ascending order. */
  ORDINAL;

  /**
   * Whether these can be the labels of one image: one class in [0, K), or for a multi-label task K
   * zeros and ones.
   */
  public boolean allows(int[] labels, int classes) {
    boolean findings = this == MULTI_LABEL;
    int largest = findings ? 1 : classes - 1;
    return labels.length == (findings ? classes : 1)
        && Arrays.stream(labels).allMatch(label -> label >= 0 && label <= largest);
  }
}
