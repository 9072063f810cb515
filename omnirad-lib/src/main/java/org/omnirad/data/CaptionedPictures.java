package org.omnirad.data;

import java.util.List;

/** Pictures to be drawn in rows under one title, each with its caption. */
public interface CaptionedPictures {

  /** What they show, and of which data. */
  String title();

  /** The pictures, row by row. */
  List<RgbImage> pictures();

  /** One for each picture. */
  List<String> captions();

  /** Pictures in a row. */
  int columns();
}
