package org.omnirad.notebook;

import java.lang.reflect.Array;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** How an array looks: its first values, and how many there are where not all are shown. */
final class Arrays {

  static final List<Class<?>> TYPES =
      List.of(
          int[].class,
          long[].class,
          float[].class,
          double[].class,
          boolean[].class,
          String[].class,
          int[][].class,
          float[][].class,
          double[][].class);

  private static final int MOST_VALUES = 12;

  private Arrays() {}

  static String text(Object array) {
    int length = Array.getLength(array);
    boolean nested = array.getClass().getComponentType().isArray();
    var values = new StringJoiner(nested ? ",\n " : ", ", "[", "]");
    for (int i = 0; i < Math.min(length, MOST_VALUES); i++) {
      Object value = Array.get(array, i);
      values.add(nested && value != null ? text(value) : String.valueOf(value));
    }
    if (length > MOST_VALUES) {
      values.add(String.format(Locale.ROOT, "... %,d in all", length));
    }
    return values.toString();
  }
}
