package org.omnirad.augment;

import static org.omnirad.run.Requirement.require;

import java.util.Objects;
import org.omnirad.tensor.ViewOps;

/**
 * How a view of an image is made: random resized crop, flips, rotation, colour jitter, grey, gamma,
 * blur, solarisation, noise, in this order. Each effect's pixels are clipped to 0..1.
 *
 * @param size side of the square view in pixels
 * @param minArea smallest part of the image's area that a crop covers, above 0
 * @param maxArea largest part, at most 1
 * @param minAspect smallest width / height of a crop; its logarithm is drawn uniformly
 * @param maxAspect largest width / height of a crop
 * @param horizontalFlip probability of a flip left-right
 * @param verticalFlip probability of a flip up-down
 * @param rotation degrees, anticlockwise about the centre; pixels from outside are 0
 * @param jitter probability that colour jitter is considered at all; each of its four effects has
 *     its own probability then, and their order is drawn for each image
 * @param brightness factor of the pixels, from 0
 * @param contrast factor of the distance from the image's mean grey, from 0
 * @param saturation factor of the distance from each pixel's grey, from 0
 * @param hue turn of the hue, as a part of the circle, -0.5 to 0.5
 * @param grey probability that a view becomes grey
 * @param gamma exponent of the pixels, above 0
 * @param blur standard deviation in pixels of a Gaussian over 9 x 9 pixels, above 0
 * @param solarise threshold from which pixels are inverted, 0 to 1
 * @param noise standard deviation of Gaussian noise, from 0
 */
public record ViewConfig(
    int size,
    double minArea,
    double maxArea,
    double minAspect,
    double maxAspect,
    double horizontalFlip,
    double verticalFlip,
    Effect rotation,
    double jitter,
    Effect brightness,
    Effect contrast,
    Effect saturation,
    Effect hue,
    double grey,
    Effect gamma,
    Effect blur,
    Effect solarise,
    Effect noise) {

  // What DINOv2 takes for its global and its local crops.
  private static final double GLOBAL_AREA = 0.32;
  private static final double LOCAL_AREA = 0.05;
  private static final double DINOV2_SIZE = 224;
  private static final double MOST_BLUR = 2;
  private static final double SOLARISE_FROM = 128.0 / 255;
  private static final double MAX_ASPECT = 100;

  /** Checks every value. */
  public ViewConfig {
    require(size > ViewOps.BLUR_RADIUS, "size", size, "more than " + ViewOps.BLUR_RADIUS);
    require(minArea > 0 && minArea <= maxArea, "minArea", minArea, "in (0, maxArea]");
    require(maxArea <= 1, "maxArea", maxArea, "at most 1");
    require(minAspect > 0 && minAspect <= maxAspect, "minAspect", minAspect, "in (0, maxAspect]");
    require(Double.isFinite(maxAspect), "maxAspect", maxAspect, "finite");
    requireProbability("horizontalFlip", horizontalFlip);
    requireProbability("verticalFlip", verticalFlip);
    Objects.requireNonNull(rotation, "rotation is missing");
    requireProbability("jitter", jitter);
    requireProbability("grey", grey);
    require(brightness.low() >= 0, "brightness", brightness.low(), "at least 0");
    require(contrast.low() >= 0, "contrast", contrast.low(), "at least 0");
    require(saturation.low() >= 0, "saturation", saturation.low(), "at least 0");
    require(hue.low() >= -0.5, "hue", hue.low(), "at least -0.5");
    require(hue.high() <= 0.5, "hue", hue.high(), "at most 0.5");
    require(gamma.probability() == 0 || gamma.low() > 0, "gamma", gamma.low(), "above 0");
    require(blur.probability() == 0 || blur.low() > 0, "blur", blur.low(), "above 0");
    require(solarise.low() >= 0, "solarise", solarise.low(), "at least 0");
    require(solarise.high() <= 1, "solarise", solarise.high(), "at most 1");
    require(noise.low() >= 0, "noise", noise.low(), "at least 0");
  }

  /**
   * For grey radiological images: DINOv2's crop and flip; brightness, contrast, gamma, blur and
   * noise, each for about every second view; nothing that needs colour. The blur is as wide in
   * proportion to the view as DINOv2's at 224 pixels.
   */
  public static ViewConfig radiology(int size) {
    double widest = Math.clamp(MOST_BLUR * size / DINOV2_SIZE, 0.5, MOST_BLUR);
    return new ViewConfig(
        size,
        GLOBAL_AREA,
        1,
        3.0 / 4,
        4.0 / 3,
        0.5,
        0,
        Effect.none(),
        1,
        new Effect(0.5, 0.7, 1.3),
        new Effect(0.5, 0.6, 1.4),
        Effect.none(),
        Effect.none(),
        0,
        new Effect(0.5, 0.6, 1.6),
        new Effect(0.5, 0.1, widest),
        Effect.none(),
        new Effect(0.3, 0, 0.05));
  }

  /**
   * DINOv2's for natural images: crop, flip, colour jitter, grey, blur, solarisation.
   *
   * @param size side of the view in pixels (DINOv2: 224 global, 98 local)
   */
  public static ViewConfig natural(int size, BlurProbability which, NaturalView view) {
    boolean local = view == NaturalView.LOCAL;
    return new ViewConfig(
        size,
        local ? LOCAL_AREA : GLOBAL_AREA,
        local ? GLOBAL_AREA : 1,
        3.0 / 4,
        4.0 / 3,
        0.5,
        0,
        Effect.none(),
        0.8,
        new Effect(1, 0.6, 1.4),
        new Effect(1, 0.6, 1.4),
        new Effect(1, 0.8, 1.2),
        new Effect(1, -0.1, 0.1),
        0.2,
        Effect.none(),
        new Effect(view.blur(which), 0.1, MOST_BLUR),
        new Effect(view == NaturalView.SECOND ? 0.2 : 0, SOLARISE_FROM, SOLARISE_FROM),
        Effect.none());
  }

  /**
   * For fine-tuning a classifier, as the authors of OmniRad do: a crop of at least 85 % of the
   * area, a flip left-right, a turn of up to 7 degrees. They resize, flip and turn the whole image
   * and crop what comes of it; here the turn comes last, so that the black corners it leaves are
   * not cropped.
   */
  public static ViewConfig fineTuning(int size) {
    return geometric(size, 0.85, 4.0 / 3, 0.5, new Effect(1, -7, 7));
  }

  /**
   * For segmentation (ours): a crop of at least half of the area, a flip left-right, a turn of up
   * to 15 degrees, and brightness, contrast and gamma for about every second view.
   */
  public static ViewConfig segmentation(int size) {
    return new ViewConfig(
        size,
        0.5,
        1,
        3.0 / 4,
        4.0 / 3,
        0.5,
        0,
        new Effect(1, -15, 15),
        1,
        new Effect(0.5, 0.8, 1.2),
        new Effect(0.5, 0.8, 1.2),
        Effect.none(),
        Effect.none(),
        0,
        new Effect(0.5, 0.8, 1.25),
        Effect.none(),
        Effect.none(),
        Effect.none());
  }

  /** The whole image, resized; nothing is drawn. */
  public static ViewConfig whole(int size) {
    return geometric(size, 1, MAX_ASPECT, 0, Effect.none());
  }

  /** Without any effect on the values of pixels. */
  private static ViewConfig geometric(
      int size, double minArea, double maxAspect, double horizontalFlip, Effect rotation) {
    Effect none = Effect.none();
    return new ViewConfig(
        size,
        minArea,
        1,
        1 / maxAspect,
        maxAspect,
        horizontalFlip,
        0,
        rotation,
        0,
        none,
        none,
        none,
        none,
        0,
        none,
        none,
        none,
        none);
  }

  /** This config with another range of the part of the image that a crop covers. */
  public ViewConfig withArea(double smallest, double largest) {
    return with(smallest, largest, horizontalFlip, verticalFlip);
  }

  /**
   * This config with other probabilities of flips; both 0 where left and right, or up and down,
   * mean something.
   */
  public ViewConfig withFlips(double leftRight, double upDown) {
    return with(minArea, maxArea, leftRight, upDown);
  }

  private ViewConfig with(double smallest, double largest, double leftRight, double upDown) {
    return new ViewConfig(
        size,
        smallest,
        largest,
        minAspect,
        maxAspect,
        leftRight,
        upDown,
        rotation,
        jitter,
        brightness,
        contrast,
        saturation,
        hue,
        grey,
        gamma,
        blur,
        solarise,
        noise);
  }

  static void requireProbability(String name, double value) {
    require(value >= 0 && value <= 1, name, value, "a probability, 0 to 1");
  }
}
