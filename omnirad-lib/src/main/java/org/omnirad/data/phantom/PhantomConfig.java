package org.omnirad.data.phantom;

/**
 * What the phantom draws.
 *
 * @param imageSize width and height in pixels, 16 to 2,048
 * @param trainSize images in the training split, at least 1
 * @param valSize images in the validation split, at least 1
 * @param testSize images in the test split, at least 1
 * @param seed every picture is a function of it, the split, the index and the size
 */
public record PhantomConfig(int imageSize, int trainSize, int valSize, int testSize, long seed) {

  /** The smallest picture, in pixels. */
  public static final int MIN_IMAGE_SIZE = 16;

  /** The largest picture, in pixels. */
  public static final int MAX_IMAGE_SIZE = 2048;

  /** Checks the ranges. */
  public PhantomConfig {
    if (imageSize < MIN_IMAGE_SIZE || imageSize > MAX_IMAGE_SIZE) {
      throw new IllegalArgumentException(
          "imageSize must be %d to %d, found %d"
              .formatted(MIN_IMAGE_SIZE, MAX_IMAGE_SIZE, imageSize));
    }
    if (trainSize < 1 || valSize < 1 || testSize < 1) {
      throw new IllegalArgumentException(
          "each split needs at least 1 image, found train %d, val %d, test %d"
              .formatted(trainSize, valSize, testSize));
    }
  }

  /** 64 px, 1,600 images to train on, 200 to choose on, 400 to test on, seed 7. */
  public static PhantomConfig defaults() {
    return new PhantomConfig(64, 1600, 200, 400, 7);
  }

  /** This configuration at another picture size. */
  public PhantomConfig withImageSize(int newImageSize) {
    return new PhantomConfig(newImageSize, trainSize, valSize, testSize, seed);
  }

  /** This configuration with other split sizes. */
  public PhantomConfig withSizes(int newTrainSize, int newValSize, int newTestSize) {
    return new PhantomConfig(imageSize, newTrainSize, newValSize, newTestSize, seed);
  }

  /** This configuration with another seed. */
  public PhantomConfig withSeed(long newSeed) {
    return new PhantomConfig(imageSize, trainSize, valSize, testSize, newSeed);
  }
}
