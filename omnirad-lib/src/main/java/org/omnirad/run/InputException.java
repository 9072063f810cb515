package org.omnirad.run;

import java.nio.file.Path;

/** Input that cannot be used: the message says where, what is wrong, and what to do next. */
public final class InputException extends RuntimeException {

  /** An exception whose message is {@code cause} followed by {@code remedy}, each a sentence. */
  public InputException(String cause, String remedy) {
    super(cause + " " + remedy);
  }

  private InputException(String message, Throwable origin) {
    super(message, origin);
  }

  /** An exception about one file. */
  public static InputException of(Path file, String cause, String remedy) {
    return new InputException(file + ": " + cause, remedy);
  }

  /** An exception about one file, caused by another. */
  public static InputException of(Path file, String cause, String remedy, Throwable origin) {
    return new InputException(file + ": " + cause + " " + remedy, origin);
  }
}
