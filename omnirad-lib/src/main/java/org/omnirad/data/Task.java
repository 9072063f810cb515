package org.omnirad.data;

/** What the labels of a dataset mean; the four names of MedMNIST. */
public enum Task {
  /** One of K classes. */
  MULTI_CLASS,
  /** One of two classes. */
  BINARY,
  /** Any subset of K findings; labels are K zeros and ones. */
  MULTI_LABEL,
  /** One of K ordered grades. */
  ORDINAL
}
