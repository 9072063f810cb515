package org.omnirad.plot;

import java.util.Locale;
import org.omnirad.data.ImageList;

/** Titles that tell whose images a picture shows. */
final class Titles {

  private Titles() {}

  /** The name of the dataset and the split; empty where the images' record has no name. */
  static String of(ImageList images) {
    String name = images.record().entries().getOrDefault("data.name", "");
    String split = images.record().entries().get("data.split");
    return name.isEmpty() || split == null
        ? name
        : name + ", " + split.toLowerCase(Locale.ROOT) + " images";
  }

  /** A title, and behind it the images' own where it does not name their dataset. */
  static String of(String title, ImageList images) {
    String name = images.record().entries().getOrDefault("data.name", "");
    return title.contains(name) ? title : title + " (" + of(images) + ")";
  }
}
