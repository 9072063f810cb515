package org.omnirad.augment;

/** The effects of colour jitter, whose order is drawn. */
enum JitterEffect {
  BRIGHTNESS,
  CONTRAST,
  SATURATION,
  HUE;

  Effect of(ViewConfig config) {
    return switch (this) {
      case BRIGHTNESS -> config.brightness();
      case CONTRAST -> config.contrast();
      case SATURATION -> config.saturation();
      case HUE -> config.hue();
    };
  }

  /** The strength that changes nothing. */
  float neutral() {
    return this == HUE ? 0 : 1;
  }

  /** Factors of the pixels, of their grey and of the mean grey; not for the hue. */
  float[] blend(float strength) {
    return switch (this) {
      case BRIGHTNESS -> new float[] {strength, 0, 0};
      case CONTRAST -> new float[] {strength, 0, 1 - strength};
      case SATURATION -> new float[] {strength, 1 - strength, 0};
      case HUE -> new float[] {1, 0, 0};
    };
  }
}
