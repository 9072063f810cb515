package org.omnirad.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import org.omnirad.data.RgbImage;
import org.omnirad.tensor.Interpolation;
import org.omnirad.tensor.Ops;

/**
 * How an image becomes the encoder's input: resized to a square with antialiasing, scaled to 0..1,
 * normalised by channel.
 *
 * @param imageSize side of the square in pixels
 * @param mean subtracted from each channel, in 0..1
 * @param std divides each channel, above 0
 * @param interpolation how to resize
 */
public record Preprocessing(
    int imageSize, List<Float> mean, List<Float> std, Interpolation interpolation) {

  /** Checks every value. */
  public Preprocessing {
    if (imageSize < 1) {
      throw new IllegalArgumentException("imageSize is %d, must be positive".formatted(imageSize));
    }
    if (mean.size() != 3 || std.size() != 3 || !std.stream().allMatch(s -> s > 0)) {
      throw new IllegalArgumentException(
          "mean %s and std %s must be three values, std positive".formatted(mean, std));
    }
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** Bicubic, with the channel statistics of ImageNet: what DINOv2 and OmniRad use. */
  public static Preprocessing imageNet(int imageSize) {
    return new Preprocessing(
        imageSize,
        List.of(0.485f, 0.456f, 0.406f),
        List.of(0.229f, 0.224f, 0.225f),
        Interpolation.BICUBIC);
  }

  /** This preprocessing at another image size. */
  public Preprocessing withImageSize(int size) {
    return new Preprocessing(size, mean, std, interpolation);
  }

  /**
   * The encoder's input.
   *
   * @param manager owner of the result
   * @param images B images of any sizes
   * @return (B, 3, imageSize, imageSize) float32
   */
  public NDArray apply(NDManager manager, List<RgbImage> images) {
    NDArray pixels =
        sameSize(images)
            ? resized(manager, images)
            : NDArrays.concat(
                new NDList(images.stream().map(i -> resized(manager, List.of(i))).toList()));
    return pixels
        .sub(channels(manager, mean))
        .div(channels(manager, std)); // (B, 3, imageSize, imageSize)
  }

  private NDArray resized(NDManager manager, List<RgbImage> images) {
    int width = images.get(0).width();
    int height = images.get(0).height();
    ByteBuffer bytes = ByteBuffer.allocateDirect(images.size() * height * width * 3);
    images.forEach(image -> bytes.put(image.rgb()));
    bytes.flip();
    NDArray pixels =
        Ops.channelsFirst(
            manager.create(bytes, new Shape(images.size(), height, width, 3), DataType.UINT8));
    if (width == imageSize && height == imageSize) {
      return pixels;
    }
    return Ops.resize(pixels, imageSize, imageSize, interpolation).round().clip(0, 255);
  }

  private static boolean sameSize(List<RgbImage> images) {
    RgbImage first = images.get(0);
    return images.stream()
        .allMatch(i -> i.width() == first.width() && i.height() == first.height());
  }

  // Statistics of 0..1 for pixels of 0..255.
  private static NDArray channels(NDManager manager, List<Float> values) {
    float[] scaled = {values.get(0) * 255, values.get(1) * 255, values.get(2) * 255};
    return manager.create(scaled, new Shape(1, 3, 1, 1));
  }
}
