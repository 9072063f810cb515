package org.omnirad.plot;

import java.util.ArrayList;
import java.util.List;

/** Class names that fit beside a chart; some datasets have names of sixty letters. */
final class ShortNames {

  private static final int LONGEST = 26;

  private ShortNames() {}

  /** Each name, cut with an ellipsis where it is long, and numbered where another is cut alike. */
  static List<String> of(List<String> names) {
    return of(names, LONGEST);
  }

  /** As {@link #of(List)}, with the most letters of a name. */
  static List<String> of(List<String> names, int longest) {
    var shortened = new ArrayList<String>();
    for (String name : names) {
      String cut = name.length() > longest ? name.substring(0, longest - 1).strip() + "…" : name;
      shortened.add(shortened.contains(cut) ? cut + " (" + shortened.size() + ")" : cut);
    }
    return shortened;
  }
}
