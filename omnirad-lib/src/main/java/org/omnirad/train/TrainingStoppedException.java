package org.omnirad.train;

/**
 * A training that has gone wrong and stopped by itself. The message says what was seen, at which
 * step, and what to try; the last checkpoint is from before.
 */
public final class TrainingStoppedException extends RuntimeException {

  /** An exception with a message of whole sentences. */
  public TrainingStoppedException(String message) {
    super(message);
  }
}
