package org.omnirad.data;

/** The three parts of a dataset: everything is chosen on {@code VAL}, {@code TEST} is read once. */
public enum Split {
  /** For fitting. */
  TRAIN,
  /** For choosing. */
  VAL,
  /** For the final score. */
  TEST
}
