package org.omnirad.augment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.ViewOps;

/**
 * Makes random views of images, on the device that holds them. Immutable; any thread may use it.
 */
public final class ViewAugmenter {

  // Images that are worked on at once on a CPU fit its cache together: 1 MB.
  private static final int CPU_CHUNK_VALUES = 1 << 18;

  private final ViewConfig config;
  private final float[] statistics;
  private final List<JitterEffect> jitter;

  /**
   * Views of one kind.
   *
   * @param mean subtracted from each of the three channels, in 0..1
   * @param std divides each channel, above 0
   */
  public ViewAugmenter(ViewConfig config, List<Float> mean, List<Float> std) {
    if (mean.size() != 3 || std.size() != 3 || !std.stream().allMatch(s -> s > 0)) {
      throw new IllegalArgumentException(
          "mean %s and std %s must be three values, std positive".formatted(mean, std));
    }
    this.config = config;
    statistics =
        new float[] {mean.get(0), mean.get(1), mean.get(2), std.get(0), std.get(1), std.get(2)};
    jitter =
        Arrays.stream(JitterEffect.values())
            .filter(effect -> config.jitter() * effect.of(config).probability() > 0)
            .toList();
  }

  /** What the views are like. */
  public ViewConfig config() {
    return config;
  }

  /**
   * One view of each image. Everything about an image's view is drawn from the step, the view and
   * the image's place in the whole batch, so that a batch cut into parts gives the same views.
   *
   * @param step of the training
   * @param view number of the view
   * @param firstIndex place of the batch's first image in the whole batch
   * @return (B, 3, size, size) float32, normalised, attached to the manager of the pixels
   */
  public NDArray apply(ImageBatch batch, RandomSource random, long step, int view, int firstIndex) {
    List<ViewDraw> draws = draws(batch, random, step, view, firstIndex);
    NDArray pixels = batch.pixels();
    NDManager manager = pixels.getManager();
    var shape = new Shape(batch.size(), 3, config.size(), config.size());
    try (var off = GradMode.off()) {
      NDArray out = manager.create(shape, pixels.getDataType(), pixels.getDevice());
      int chunk = chunk(pixels);
      for (int first = 0; first < batch.size(); first += chunk) {
        int end = Math.min(first + chunk, batch.size());
        try (NDManager part = manager.newSubManager(pixels.getDevice())) {
          transform(
              pixels.get(part, new NDIndex().addSliceDim(first, end)),
              out.get(part, new NDIndex().addSliceDim(first, end)),
              new ViewParameters(part, draws.subList(first, end)));
        }
      }
      return out;
    }
  }

  /**
   * The masks of the images in the views that {@link #apply} makes of these with the same
   * arguments: each pixel takes the nearest value, 0 where it lies outside the image.
   *
   * @param masks B masks of the sizes of the images, values row by row
   * @return B x (size x size) values
   */
  public byte[][] masks(
      List<byte[]> masks,
      ImageBatch batch,
      RandomSource random,
      long step,
      int view,
      int firstIndex) {
    List<ViewDraw> draws = draws(batch, random, step, view, firstIndex);
    byte[][] views = new byte[masks.size()][];
    for (int i = 0; i < views.length; i++) {
      views[i] = new MaskView(draws.get(i), config.size()).of(masks.get(i), batch.widths()[i]);
    }
    return views;
  }

  private List<ViewDraw> draws(
      ImageBatch batch, RandomSource random, long step, int view, int firstIndex) {
    List<ViewDraw> draws = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      var generator = random.at(step, "view/" + view + "/" + (firstIndex + i));
      draws.add(ViewDraw.of(config, jitter, batch.heights()[i], batch.widths()[i], generator));
    }
    return draws;
  }

  private int chunk(NDArray pixels) {
    if (pixels.getDevice().isGpu()) {
      return (int) Math.max(1, pixels.getShape().get(0));
    }
    long values = pixels.getShape().get(1) * config.size() * config.size();
    return (int) Math.max(1, CPU_CHUNK_VALUES / values);
  }

  private void transform(NDArray pixels, NDArray out, ViewParameters parameters) {
    NDArray x = cropped(pixels, parameters);
    parameters.chosen(ViewDraw::rotation, 0).ifPresent(chosen -> ViewOps.rotate(x, chosen));
    boolean colour = pixels.getShape().get(1) == 3;
    for (int i = 0; i < jitter.size(); i++) {
      int place = i;
      parameters.blendAt(place).ifPresent(factors -> ViewOps.blend(x, factors));
      if (colour) {
        parameters.chosen(d -> d.turnAt(place), 0).ifPresent(chosen -> ViewOps.hue(x, chosen));
      }
    }
    parameters.chosen(ViewDraw::grey, 0).ifPresent(chosen -> ViewOps.grey(x, chosen));
    parameters.chosen(ViewDraw::gamma, 1).ifPresent(chosen -> ViewOps.gamma(x, chosen));
    parameters.chosen(ViewDraw::blur, 0).ifPresent(chosen -> ViewOps.blur(x, chosen));
    parameters
        .chosen(ViewDraw::solarise, ViewDraw.NO_THRESHOLD)
        .ifPresent(chosen -> ViewOps.solarise(x, chosen));
    parameters
        .chosen(ViewDraw::noise, 0)
        .ifPresent(chosen -> ViewOps.noise(x, chosen, parameters.noiseSeeds()));
    ViewOps.normaliseInto(out, x, pixels.getManager().create(statistics, new Shape(2, 3)));
  }

  // Only the part of the pixels that some crop shows is multiplied.
  private NDArray cropped(NDArray pixels, ViewParameters parameters) {
    CropBox hull = parameters.hull();
    var shown =
        new NDIndex()
            .addAllDim(2)
            .addSliceDim(hull.top(), hull.top() + hull.height())
            .addSliceDim(hull.left(), hull.left() + hull.width());
    NDArray boxes = parameters.of(draw -> draw.boxAndFlips(hull));
    return ViewOps.cropResize(pixels.get(shown), boxes, config.size());
  }
}
