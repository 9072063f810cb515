package org.omnirad.augment;

import java.util.SplittableRandom;

/** The part of an image that a view shows, in whole pixels. */
record CropBox(int top, int left, int height, int width) {

  private static final int TRIES = 10;

  /**
   * As torchvision's {@code RandomResizedCrop} draws it: area uniform, logarithm of the aspect
   * uniform, up to ten tries for a box that fits, then the largest box at the centre whose aspect
   * is allowed; that at once where nothing may be cut off.
   */
  static CropBox draw(ViewConfig config, int height, int width, SplittableRandom random) {
    if (config.minArea() == 1) {
      return central(config, height, width);
    }
    double lowAspect = Math.log(config.minAspect());
    double highAspect = Math.log(config.maxAspect());
    for (int i = 0; i < TRIES; i++) {
      double area = (double) height * width * uniform(random, config.minArea(), config.maxArea());
      double aspect = Math.exp(uniform(random, lowAspect, highAspect));
      int w = (int) Math.rint(Math.sqrt(area * aspect));
      int h = (int) Math.rint(Math.sqrt(area / aspect));
      if (w > 0 && w <= width && h > 0 && h <= height) {
        return new CropBox(random.nextInt(height - h + 1), random.nextInt(width - w + 1), h, w);
      }
    }
    return central(config, height, width);
  }

  /** The smallest box that holds both. */
  CropBox hull(CropBox other) {
    int t = Math.min(top, other.top);
    int l = Math.min(left, other.left);
    int bottom = Math.max(top + height, other.top + other.height);
    int right = Math.max(left + width, other.left + other.width);
    return new CropBox(t, l, bottom - t, right - l);
  }

  private static CropBox central(ViewConfig config, int height, int width) {
    double aspect = (double) width / height;
    int h = height;
    int w = width;
    if (aspect < config.minAspect()) {
      h = Math.max(1, (int) Math.rint(width / config.minAspect()));
    } else if (aspect > config.maxAspect()) {
      w = Math.max(1, (int) Math.rint(height * config.maxAspect()));
    }
    return new CropBox((height - h) / 2, (width - w) / 2, h, w);
  }

  private static double uniform(SplittableRandom random, double low, double high) {
    return low + random.nextDouble() * (high - low);
  }
}
