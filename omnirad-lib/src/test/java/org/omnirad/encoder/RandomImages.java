package org.omnirad.encoder;

import java.util.List;
import java.util.SplittableRandom;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/** Images of noise, of which sizes alternate where {@code otherSize} differs from {@code size}. */
record RandomImages(int size, int imageSize, int otherSize) implements ImageList {

  RandomImages(int size, int imageSize) {
    this(size, imageSize, imageSize);
  }

  static RgbImage image(long seed, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new SplittableRandom(seed).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  @Override
  public Sample get(int index) {
    int side = index % 2 == 0 ? imageSize : otherSize;
    return new Sample("noise/" + index, image(index, side, side), index % 3);
  }

  @Override
  public Task task() {
    return Task.MULTI_CLASS;
  }

  @Override
  public List<String> classNames() {
    return List.of("a", "b", "c");
  }

  @Override
  public RunRecord record() {
    return new RunRecord(java.util.Map.of("data", "noise"));
  }
}
