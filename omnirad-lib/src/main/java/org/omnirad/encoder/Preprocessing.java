package org.omnirad.encoder;

import java.util.List;
import org.omnirad.tensor.Interpolation;

/**
 * How an image becomes the encoder's input: resized whole to a square with antialiasing, without a
 * crop, scaled to 0..1, normalised by channel.
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
    if (!areThreeFinite(mean) || !areThreeFinite(std) || !std.stream().allMatch(s -> s > 0)) {
      throw new IllegalArgumentException(
          "mean %s and std %s must be three finite values, std positive".formatted(mean, std));
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

  private static boolean areThreeFinite(List<Float> values) {
    return values.size() == 3 && values.stream().allMatch(v -> v != null && Float.isFinite(v));
  }
}
