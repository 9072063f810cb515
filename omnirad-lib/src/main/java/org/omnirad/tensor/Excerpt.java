package org.omnirad.tensor;

/** Text from a file that nobody vouches for, made fit for a message. */
final class Excerpt {

  private static final int MAX_LENGTH = 300;

  private Excerpt() {}

  /** At most 300 characters, those that steer a terminal replaced. */
  static String of(String text) {
    String shown = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
