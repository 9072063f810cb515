package org.omnirad.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.omnirad.data.RgbImage;
import org.omnirad.tensor.Ops;

/** Turns images into an encoder's input. */
final class InputTensors implements AutoCloseable {

  private final Preprocessing preprocessing;
  private final NDArray mean;
  private final NDArray std;
  private final PixelBuffer pixels = new PixelBuffer();

  InputTensors(Preprocessing preprocessing, NDManager owner) {
    this.preprocessing = preprocessing;
    mean = channels(owner, preprocessing.mean());
    std = channels(owner, preprocessing.std());
  }

  /** B images of any sizes to (B, 3, imageSize, imageSize) float32, owned by {@code step}. */
  NDArray of(NDManager step, List<RgbImage> images) {
    NDArray resized =
        sameSize(images)
            ? resized(step, images)
            : NDArrays.concat(
                new NDList(images.stream().map(i -> resized(step, List.of(i))).toList()));
    return resized.sub(mean).div(std);
  }

  @Override
  public void close() {
    mean.close();
    std.close();
  }

  private NDArray resized(NDManager step, List<RgbImage> images) {
    int size = preprocessing.imageSize();
    int width = images.get(0).width();
    int height = images.get(0).height();
    NDArray raw = pixels.pack(step, images, 3);
    return width == size && height == size
        ? raw
        : Ops.resize(raw, size, size, preprocessing.interpolation()).round().clip(0, 255);
  }

  private static boolean sameSize(List<RgbImage> images) {
    RgbImage first = images.get(0);
    return images.stream()
        .allMatch(i -> i.width() == first.width() && i.height() == first.height());
  }

  // Statistics of 0..1 for pixels of 0..255.
  private static NDArray channels(NDManager owner, List<Float> values) {
    float[] scaled = {values.get(0) * 255, values.get(1) * 255, values.get(2) * 255};
    return owner.create(scaled, new Shape(1, 3, 1, 1));
  }
}
