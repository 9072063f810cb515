package org.omnirad.tensor;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.omnirad.run.InputException;

/** Reads a file header's text from left to right and refuses whatever is not expected. */
final class TextCursor {

  private static final int MAX_DIGITS = 18;

  private final String text;
  private final Function<String, InputException> refusal;
  private int at;

  /** A cursor at the start; {@code refusal} makes an exception from what is wrong. */
  TextCursor(String text, Function<String, InputException> refusal) {
    this.text = text;
    this.refusal = refusal;
  }

  InputException refuse(String what) {
    return refusal.apply(what + " at character " + at);
  }

  /** Skips blanks and says whether the text is over. */
  boolean atEnd() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at == text.length();
  }

  /** Skips blanks and looks at the next character. */
  boolean sees(char c) {
    return !atEnd() && text.charAt(at) == c;
  }

  /** Takes the character if it is the next one. */
  boolean take(char c) {
    boolean seen = sees(c);
    at += seen ? 1 : 0;
    return seen;
  }

  void expect(char c) {
    if (!take(c)) {
      throw refuse("'" + c + "' is missing");
    }
  }

  /** Takes the word if it comes next. */
  boolean takeWord(String word) {
    boolean seen = !atEnd() && text.startsWith(word, at);
    at += seen ? word.length() : 0;
    return seen;
  }

  /** A whole number from 0 to 10^18 - 1, without sign, fraction, exponent or leading zero. */
  long number() {
    if (sees('-')) {
      throw refuse("a negative number");
    }
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    int digits = at - from;
    if (digits == 0 || (digits > 1 && text.charAt(from) == '0')) {
      throw refuse("not a whole number");
    }
    if (digits > MAX_DIGITS) {
      throw refuse("a number of " + digits + " digits");
    }
    if (at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0) {
      throw refuse("not a whole number");
    }
    return Long.parseLong(text, from, at, 10);
  }

  /** A string between {@code quote} marks without escapes. */
  String plainString(char quote) {
    expect(quote);
    int end = text.indexOf(quote, at);
    if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
      throw refuse("not a plain string");
    }
    String string = text.substring(at, end);
    at = end + 1;
    return string;
  }

  /** A JSON string. */
  String jsonString() {
    expect('"');
    var string = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        break;
      }
      if (c < ' ') {
        throw refuse("a control character in a string");
      }
      string.append(c == '\\' ? escaped() : c);
    }
    String result = string.toString();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(result)) {
      throw refuse("half a surrogate pair");
    }
    return result;
  }

  private char escaped() {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> (char) (hex() << 12 | hex() << 8 | hex() << 4 | hex());
      default -> throw refuse("an unknown escape");
    };
  }

  private int hex() {
    char c = next();
    int digit = c < 128 ? Character.digit(c, 16) : -1;
    if (digit < 0) {
      throw refuse("an unknown escape");
    }
    return digit;
  }

  private char next() {
    if (at == text.length()) {
      throw refuse("an open string");
    }
    return text.charAt(at++);
  }
}
