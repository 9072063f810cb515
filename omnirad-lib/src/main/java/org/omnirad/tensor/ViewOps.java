package org.omnirad.tensor;

import static org.omnirad.tensor.TorchFunctions.call;
import static org.omnirad.tensor.TorchFunctions.constant;

import ai.djl.ndarray.NDArray;

/**
 * Transforms of a batch of images with parameters by image, on the images' device. Pixels are
 * float32 from 0 to 1 before and after each. All but {@link #cropResize} work in place and return
 * another handle of the same memory, and none is meant for gradients.
 *
 * <p>Where only some images are changed, {@code chosen} (K, 2) float32 holds their indices in the
 * batch, each once and ascending, and beside each the value of its parameter.
 */
public final class ViewOps {

  /** Pixels that {@link #blur} reaches to each side, fewer than the image has. */
  public static final int BLUR_RADIUS = 4;

  private ViewOps() {}

  /**
   * Cuts a box out of each image, resizes it to a square bicubically with antialiasing, as
   * torchvision does in {@code resized_crop(antialias=True)}, clips to 0..1, and flips.
   *
   * @param x (B, C, H, W); what lies outside an image's box does not count, if only it is finite
   * @param boxes (B, 6): top, left, height, width in pixels, within the image; 1 to flip up-down,
   *     else 0; 1 to flip left-right, else 0
   * @param size side of the square in pixels
   * @return (B, C, size, size), new memory
   */
  public static NDArray cropResize(NDArray x, NDArray boxes, int size) {
    return call("crop_resize", x, boxes, constant(size));
  }

  /**
   * Blends each image with its grey version and with the mean of that: {@code f x + a grey(x) + b
   * mean(grey(x))}, clipped to 0..1. Brightness, contrast and saturation by a factor are (factor,
   * 0, 0), (factor, 0, 1 - factor) and (factor, 1 - factor, 0).
   *
   * @param x (B, C, H, W), C 1 or 3
   * @param factors (B, 3): f, a, b
   */
  public static NDArray blend(NDArray x, NDArray factors) {
    return call("blend", x, factors);
  }

  /**
   * Turns images about their centre; each pixel takes the nearest one, 0 where that lies outside,
   * as torchvision's {@code rotate} does.
   *
   * @param chosen degrees, anticlockwise
   */
  public static NDArray rotate(NDArray x, NDArray chosen) {
    return call("rotate", x, chosen);
  }

  /**
   * Turns the hue.
   *
   * @param x (B, 3, H, W)
   * @param chosen values: part of the whole circle, -0.5 to 0.5
   */
  public static NDArray hue(NDArray x, NDArray chosen) {
    return call("hue", x, chosen);
  }

  /**
   * Makes images grey, with torchvision's weights of red, green and blue.
   *
   * @param x (B, C, H, W), C 1 or 3
   * @param chosen the values do not matter
   */
  public static NDArray grey(NDArray x, NDArray chosen) {
    return call("grey", x, chosen);
  }

  /**
   * Raises pixels to a power.
   *
   * @param x (B, C, H, W)
   * @param chosen values: the exponent, above 0
   */
  public static NDArray gamma(NDArray x, NDArray chosen) {
    return call("gamma", x, chosen);
  }

  /**
   * Gaussian blur over 9 x 9 pixels, the image reflected at its borders.
   *
   * @param x (B, C, H, W), H and W more than {@link #BLUR_RADIUS}
   * @param chosen values: standard deviation in pixels, above 0
   */
  public static NDArray blur(NDArray x, NDArray chosen) {
    return call("blur", x, chosen);
  }

  /**
   * Inverts the pixels from a threshold on.
   *
   * @param x (B, C, H, W)
   * @param chosen values: the threshold, 0 to 1
   */
  public static NDArray solarise(NDArray x, NDArray chosen) {
    return call("solarise", x, chosen);
  }

  /**
   * Adds Gaussian noise, the same to each channel, and clips to 0..1. Each image has its own
   * generator, so that its noise depends on its seed alone.
   *
   * @param x (B, C, H, W)
   * @param chosen values: standard deviation
   * @param seeds (K) int64 on the CPU
   */
  public static NDArray noise(NDArray x, NDArray chosen, NDArray seeds) {
    return call("noise", x, chosen, seeds);
  }

  /**
   * Writes normalised images to {@code out}: {@code (x - mean) / std}.
   *
   * @param out (B, 3, H, W), overwritten
   * @param x (B, C, H, W), unchanged; C 3, or 1 to be repeated
   * @param statistics (2, 3): means and standard deviations
   */
  public static NDArray normaliseInto(NDArray out, NDArray x, NDArray statistics) {
    return call("normalise_into", out, x, statistics);
  }
}
