package org.omnirad.augment;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What was drawn for the view of one image. A strength that changes nothing stands for an effect
 * that is not applied.
 *
 * @param box the crop
 * @param mirrored whether it is flipped left-right
 * @param upsideDown whether it is flipped up-down
 * @param jitter effects of colour jitter in their order, each with its strength
 * @param grey 1, or 0
 * @param gamma exponent, or 1
 * @param blur standard deviation in pixels, or 0
 * @param solarise threshold, or {@link #NO_THRESHOLD}
 * @param noise standard deviation, or 0
 * @param noiseSeed seed of the noise
 * @param rotation degrees, or 0
 */
record ViewDraw(
    CropBox box,
    boolean mirrored,
    boolean upsideDown,
    List<Step> jitter,
    float grey,
    float gamma,
    float blur,
    float solarise,
    float noise,
    long noiseSeed,
    float rotation) {

  /** Above every pixel. */
  static final float NO_THRESHOLD = 2;

  /** One step of colour jitter. */
  record Step(JitterEffect effect, float strength) {}

  /** Draws everything, in one order. */
  static ViewDraw of(
      ViewConfig config,
      List<JitterEffect> effects,
      int height,
      int width,
      SplittableRandom random) {
    return new ViewDraw(
        CropBox.draw(config, height, width, random),
        random.nextDouble() < config.horizontalFlip(),
        random.nextDouble() < config.verticalFlip(),
        jitter(config, effects, random),
        random.nextDouble() < config.grey() ? 1 : 0,
        config.gamma().draw(random, 1),
        config.blur().draw(random, 0),
        config.solarise().draw(random, NO_THRESHOLD),
        config.noise().draw(random, 0),
        random.nextLong(),
        config.rotation().draw(random, 0));
  }

  /** Top and left within the hull, height, width, and 1 for each flip. */
  float[] boxAndFlips(CropBox hull) {
    return new float[] {
      box.top() - hull.top(),
      box.left() - hull.left(),
      box.height(),
      box.width(),
      upsideDown ? 1 : 0,
      mirrored ? 1 : 0
    };
  }

  /** Blend factors of the effect at this place of the order. */
  float[] blendAt(int place) {
    return jitter.get(place).effect().blend(jitter.get(place).strength());
  }

  /** The turn of the hue, if it stands at this place of the order, or 0. */
  float turnAt(int place) {
    Step step = jitter.get(place);
    return step.effect() == JitterEffect.HUE ? step.strength() : 0;
  }

  private static List<Step> jitter(
      ViewConfig config, List<JitterEffect> effects, SplittableRandom random) {
    boolean considered = random.nextDouble() < config.jitter();
    List<Step> steps = new ArrayList<>();
    for (JitterEffect effect : effects) {
      float strength = effect.of(config).draw(random, effect.neutral());
      var step = new Step(effect, considered ? strength : effect.neutral());
      steps.add(random.nextInt(steps.size() + 1), step);
    }
    return steps;
  }
}
