package org.omnirad.pretrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Masks of rectangular blocks over a square grid of patches, drawn as DINOv2 draws them for the
 * views of one batch: a part of the views gets a mask, with shares that cover the range evenly.
 */
final class BlockMasks {

  private static final int TRIES = 10;
  private static final double MIN_AREA = 4;
  private static final double MIN_ASPECT = 0.3;

  private BlockMasks() {}

  /**
   * Draws the masks of a batch.
   *
   * @param views number of views
   * @param grid patches along one side
   * @return [views][grid x grid], true where a patch is hidden
   */
  static boolean[][] draw(MaskConfig config, int views, int grid, SplittableRandom random) {
    int masked = (int) Math.floor(views * config.probability());
    double width = (config.maxRatio() - config.minRatio()) / Math.max(1, masked);
    List<boolean[]> masks = new ArrayList<>();
    for (int i = 0; i < views; i++) {
      double ratio = config.minRatio() + width * (i + random.nextDouble());
      masks.add(
          i < masked ? mask(grid, (int) (grid * grid * ratio), random) : mask(grid, 0, random));
    }
    for (int i = views - 1; i > 0; i--) {
      Collections.swap(masks, i, random.nextInt(i + 1));
    }
    return masks.toArray(boolean[][]::new);
  }

  /** Rectangles until {@code target} patches are hidden, or none that fits is found. */
  private static boolean[] mask(int grid, int target, SplittableRandom random) {
    boolean[] mask = new boolean[grid * grid];
    int hidden = 0;
    while (hidden < target) {
      int added = addBlock(mask, grid, target - hidden, random);
      if (added == 0) {
        break;
      }
      hidden += added;
    }
    return mask;
  }

  private static int addBlock(boolean[] mask, int grid, int left, SplittableRandom random) {
    int most = Math.min(left, grid * grid / 2);
    for (int i = 0; i < TRIES; i++) {
      double area = MIN_AREA + (most - MIN_AREA) * random.nextDouble();
      double logAspect = Math.log(MIN_ASPECT) * (2 * random.nextDouble() - 1);
      int h = (int) Math.rint(Math.sqrt(area * Math.exp(logAspect)));
      int w = (int) Math.rint(Math.sqrt(area * Math.exp(-logAspect)));
      if (h < grid && w < grid) {
        int top = random.nextInt(grid - h + 1);
        int start = random.nextInt(grid - w + 1);
        int added = count(mask, grid, top, start, h, w);
        if (added > 0 && added <= most) {
          fill(mask, grid, top, start, h, w);
          return added;
        }
      }
    }
    return 0;
  }

  private static int count(boolean[] mask, int grid, int top, int left, int h, int w) {
    int free = 0;
    for (int y = top; y < top + h; y++) {
      for (int x = left; x < left + w; x++) {
        free += mask[y * grid + x] ? 0 : 1;
      }
    }
    return free;
  }

  private static void fill(boolean[] mask, int grid, int top, int left, int h, int w) {
    for (int y = top; y < top + h; y++) {
      Arrays.fill(mask, y * grid + left, y * grid + left + w, true);
    }
  }
}
