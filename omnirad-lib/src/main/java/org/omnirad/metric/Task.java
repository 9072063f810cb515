package org.omnirad.metric;

/** What the labels of a dataset mean, and so how predictions are scored; the four of MedMNIST. */
public enum Task {
  /** One of K classes. */
  MULTI_CLASS,
  /** One of two classes; the second is the positive one. */
  BINARY,
  /** Any subset of K findings, none included; labels are K zeros and ones. */
  MULTI_LABEL,
  /** One of K grades, in ascending order. */
  ORDINAL
}
