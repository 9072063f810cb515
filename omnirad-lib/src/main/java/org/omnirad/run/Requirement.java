package org.omnirad.run;

/** What the values of a config must keep to. */
public final class Requirement {

  private Requirement() {}

  /**
   * Checks one value.
   *
   * @param holds whether the value keeps to the rule
   * @param name of the value
   * @param rule completes "must be"
   * @throws IllegalArgumentException where it does not; the message has name, value and rule
   */
  public static void require(boolean holds, String name, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("%s is %s, must be %s".formatted(name, value, rule));
    }
  }
}
