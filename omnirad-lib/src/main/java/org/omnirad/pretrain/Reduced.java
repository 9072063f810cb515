package org.omnirad.pretrain;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/**
 * Images no larger than views need: sides of at least twice {@code side} pixels more are averaged
 * down by a whole factor where they are decoded, so that a batch of large ones fits into memory.
 */
record Reduced(ImageList images, int side) implements ImageList {

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public Sample get(int index) {
    Sample sample = images.get(index);
    RgbImage image = sample.image();
    int factor = Math.min(image.width(), image.height()) / side;
    return factor < 2
        ? sample
        : new Sample(
            sample.id(),
            average(image, factor),
            sample.labels(),
            Optional.empty(),
            Optional.empty());
  }

  /** The mean of each {@code factor x factor} pixels; what is left at right and bottom is cut. */
  static RgbImage average(RgbImage image, int factor) {
    int w = image.width() / factor;
    int h = image.height() / factor;
    byte[] rgb = new byte[3 * w * h];
    int[] sums = new int[3 * w];
    int count = factor * factor;
    for (int y = 0; y < h; y++) {
      Arrays.fill(sums, 0);
      for (int dy = 0; dy < factor; dy++) {
        int at = (y * factor + dy) * image.width() * 3;
        for (int i = 0; i < 3 * w * factor; i++) {
          sums[i / 3 / factor * 3 + i % 3] += image.rgb()[at + i] & 255;
        }
      }
      for (int i = 0; i < sums.length; i++) {
        rgb[y * 3 * w + i] = (byte) ((sums[i] + count / 2) / count);
      }
    }
    return new RgbImage(w, h, rgb);
  }

  @Override
  public int[] labels(int index) {
    return images.labels(index);
  }

  @Override
  public Task task() {
    return images.task();
  }

  @Override
  public List<String> classNames() {
    return images.classNames();
  }

  @Override
  public RunRecord record() {
    return images.record();
  }
}
