package org.omnirad.data;

import java.util.Optional;

/**
 * One item of a dataset.
 *
 * @param id a name that is stable across runs, such as a relative path or "train/17"
 * @param image the picture
 * @param labels one class index; for a multi-label task K zeros and ones; empty where nothing is
 *     known
 * @param mask where the dataset has masks: the class index of each pixel, 0 for background, row by
 *     row
 * @param caption where the dataset has captions
 */
public record Sample(
    String id, RgbImage image, int[] labels, Optional<byte[]> mask, Optional<String> caption) {

  /** A sample without mask and caption. */
  public Sample(String id, RgbImage image, int... labels) {
    this(id, image, labels, Optional.empty(), Optional.empty());
  }
}
