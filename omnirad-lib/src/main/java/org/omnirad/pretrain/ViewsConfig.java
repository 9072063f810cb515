package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

import org.omnirad.augment.BlurProbability;
import org.omnirad.augment.NaturalView;
import org.omnirad.augment.ViewConfig;

/**
 * The views of an image.
 *
 * @param first how the first global view is made
 * @param second how the second is made, of the same size
 * @param local how local views are made; not used without any
 * @param localViews L, local views of each image; OmniRad: 0, DINOv2: 8
 */
public record ViewsConfig(ViewConfig first, ViewConfig second, ViewConfig local, int localViews) {

  // DINOv2 at 224 pixels has local views of 98.
  private static final double LOCAL_SIZE = 98.0 / 224;
  private static final double LOCAL_MIN_AREA = 0.05;
  private static final double LOCAL_MAX_AREA = 0.32;

  /** Checks every value. */
  public ViewsConfig {
    require(localViews >= 0, "localViews", localViews, "at least 0");
    require(
        first.size() == second.size(),
        "second.size",
        second.size(),
        "that of the first view, " + first.size());
  }

  /**
   * Two global views for grey radiological images, the default.
   *
   * @param size side of a global view in pixels
   * @param patchSize side of a patch in pixels; local views are a multiple of it
   */
  public static ViewsConfig radiology(int size, int patchSize) {
    ViewConfig global = ViewConfig.radiology(size);
    ViewConfig local =
        ViewConfig.radiology(localSize(size, patchSize)).withArea(LOCAL_MIN_AREA, LOCAL_MAX_AREA);
    return new ViewsConfig(global, global, local, 0);
  }

  /**
   * Two global views as DINOv2 makes them of natural images.
   *
   * @param blur the probabilities that DINOv2 declares, or those that its code comes to
   */
  public static ViewsConfig natural(int size, int patchSize, BlurProbability blur) {
    return new ViewsConfig(
        ViewConfig.natural(size, blur, NaturalView.FIRST),
        ViewConfig.natural(size, blur, NaturalView.SECOND),
        ViewConfig.natural(localSize(size, patchSize), blur, NaturalView.LOCAL),
        0);
  }

  /** These views and {@code count} local ones of each image. */
  public ViewsConfig withLocalViews(int count) {
    return new ViewsConfig(first, second, local, count);
  }

  private static int localSize(int size, int patchSize) {
    return Math.max(1, (int) Math.round(size * LOCAL_SIZE / patchSize)) * patchSize;
  }
}
