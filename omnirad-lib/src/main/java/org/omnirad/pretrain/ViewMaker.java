package org.omnirad.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import org.omnirad.augment.ImageBatch;
import org.omnirad.augment.ViewAugmenter;
import org.omnirad.augment.ViewConfig;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.encoder.PixelBuffer;
import org.omnirad.encoder.Preprocessing;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.GradMode;

/** Makes the views and masks of training batches, on the device of the encoder. */
final class ViewMaker {

  private final PretrainConfig config;
  private final int grid;
  private final RandomSource random;
  private final ViewAugmenter first;
  private final ViewAugmenter second;
  private final ViewAugmenter local;
  private final PixelBuffer pixels = new PixelBuffer();

  /** Makes views for an encoder with patches of {@code patchSize} pixels. */
  ViewMaker(PretrainConfig config, int patchSize, Preprocessing preprocessing) {
    this.config = config;
    grid = config.views().first().size() / patchSize;
    random = new RandomSource(config.seed());
    first = augmenter(preprocessing, config.views().first());
    second = augmenter(preprocessing, config.views().second());
    local = augmenter(preprocessing, config.views().local());
  }

  private static ViewAugmenter augmenter(Preprocessing preprocessing, ViewConfig view) {
    return new ViewAugmenter(view, preprocessing.mean(), preprocessing.std());
  }

  /** The masks of the whole batch of a step: [2B][N], the first view of every image first. */
  boolean[][] masks(long step) {
    return BlockMasks.draw(
        config.masks(), 2 * config.batch().size(), grid, random.at(step, "pretrain/masks"));
  }

  /**
   * The views of a part of the batch.
   *
   * @param manager owns them
   * @param samples b images
   * @param firstIndex place of the first image in the batch
   * @param masks of the whole batch
   */
  Views make(
      NDManager manager, List<Sample> samples, long step, int firstIndex, boolean[][] masks) {
    try (var off = GradMode.off();
        NDManager scratch = manager.newSubManager()) {
      ImageBatch images = images(scratch, samples);
      NDArray global =
          NDArrays.concat(
              new NDList(
                  first.apply(images, random, step, 0, firstIndex),
                  second.apply(images, random, step, 1, firstIndex)));
      global.attach(manager);
      Optional<NDArray> locals = Optional.empty();
      if (config.views().localViews() > 0) {
        var parts = new NDList();
        for (int view = 0; view < config.views().localViews(); view++) {
          parts.add(local.apply(images, random, step, 2 + view, firstIndex));
        }
        NDArray all = NDArrays.concat(parts);
        all.attach(manager);
        locals = Optional.of(all);
      }
      return new Views(global, locals, part(masks, firstIndex, samples.size()));
    }
  }

  private boolean[][] part(boolean[][] masks, int firstIndex, int images) {
    int batch = config.batch().size();
    boolean[][] part = new boolean[2 * images][];
    for (int i = 0; i < images; i++) {
      part[i] = masks[firstIndex + i];
      part[images + i] = masks[batch + firstIndex + i];
    }
    return part;
  }

  private ImageBatch images(NDManager manager, List<Sample> samples) {
    List<RgbImage> images = samples.stream().map(Sample::image).toList();
    int[] heights = images.stream().mapToInt(RgbImage::height).toArray();
    int[] widths = images.stream().mapToInt(RgbImage::width).toArray();
    int channels = images.stream().allMatch(ViewMaker::isGrey) ? 1 : 3;
    return new ImageBatch(pixels.pack(manager, images, channels).divi(255), heights, widths);
  }

  private static boolean isGrey(RgbImage image) {
    byte[] rgb = image.rgb();
    for (int i = 0; i < rgb.length; i += 3) {
      if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) {
        return false;
      }
    }
    return true;
  }
}
