package org.omnirad.augment;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What was drawn for a batch, as the tensors that the operations take. */
final class ViewParameters {

  private static final float[] UNCHANGED = {1, 0, 0};

  private final NDManager manager;
  private final List<ViewDraw> draws;

  /** Tensors are attached to the manager and lie on its device. */
  ViewParameters(NDManager manager, List<ViewDraw> draws) {
    this.manager = manager;
    this.draws = draws;
  }

  /** The smallest box that holds every crop. */
  CropBox hull() {
    return draws.stream().map(ViewDraw::box).reduce(CropBox::hull).orElseThrow();
  }

  /** Equally many values of each image: (B, values). */
  NDArray of(Function<ViewDraw, float[]> values) {
    float[][] rows = draws.stream().map(values).toArray(float[][]::new);
    float[] all = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
    }
    return manager.create(all, new Shape(rows.length, rows[0].length));
  }

  /** Blend factors (B, 3) of the jitter at one place of the order, unless nothing changes. */
  Optional<NDArray> blendAt(int place) {
    return draws.stream().anyMatch(d -> !Arrays.equals(d.blendAt(place), UNCHANGED))
        ? Optional.of(of(d -> d.blendAt(place)))
        : Optional.empty();
  }

  /** Index and value (K, 2) of the images whose value is not the neutral one, unless K is 0. */
  Optional<NDArray> chosen(ToDoubleFunction<ViewDraw> value, double neutral) {
    float[] pairs = new float[2 * draws.size()];
    int length = 0;
    for (int i = 0; i < draws.size(); i++) {
      double v = value.applyAsDouble(draws.get(i));
      if (v != neutral) {
        pairs[length++] = i;
        pairs[length++] = (float) v;
      }
    }
    return length == 0
        ? Optional.empty()
        : Optional.of(manager.create(Arrays.copyOf(pairs, length), new Shape(length / 2, 2)));
  }

  /** Seeds (K) of the images that have noise, on the CPU. */
  NDArray noiseSeeds() {
    long[] seeds =
        draws.stream().filter(d -> d.noise() != 0).mapToLong(ViewDraw::noiseSeed).toArray();
    return manager.newSubManager(Device.cpu()).create(seeds);
  }
}
