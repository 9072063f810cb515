package org.omnirad.encoder;

import java.util.ArrayList;
import java.util.List;
import org.omnirad.data.ImageList;
import org.omnirad.data.PrefetchedBatches;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;
import org.omnirad.run.RunRecord;

/**
 * Grey pixels as features: the baseline that an encoder has to beat before its features mean
 * anything.
 */
public final class RawPixels {

  private static final int RGB = 3;

  private RawPixels() {}

  /**
   * The pixels of all images, row by row, 0 to 1; colours as their mean.
   *
   * @param images all of one size
   * @throws InputException where sizes differ or an image cannot be decoded
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public static Features embed(ImageList images) {
    int n = images.size();
    float[][] vectors = new float[n][];
    int[][] targets = new int[n][];
    var ids = new ArrayList<String>(n);
    try (var batches = new PrefetchedBatches(images, Encoder.BATCH_SIZE);
        var progress = Progress.of("pixels", "images", n)) {
      while (batches.hasNext()) {
        List<Sample> batch = batches.next();
        for (Sample sample : batch) {
          float[] pixels = grey(sample.image());
          if (!ids.isEmpty() && pixels.length != vectors[0].length) {
            throw new InputException(
                "%s has %d pixels, %s has %d."
                    .formatted(sample.id(), pixels.length, ids.get(0), vectors[0].length),
                "Raw pixels need images of one size.");
          }
          vectors[ids.size()] = pixels;
          targets[ids.size()] = sample.labels();
          ids.add(sample.id());
        }
        progress.step(batch.size());
      }
    }
    RunRecord record = RunRecord.ofMachine().with(images.record()).with("encoder", "raw pixels");
    return new Features(
        vectors, targets, ids, images.task(), images.classNames(), FeatureSpec.cls(), record);
  }

  private static float[] grey(RgbImage image) {
    float[] grey = new float[image.rgb().length / RGB];
    for (int i = 0; i < grey.length; i++) {
      int sum = 0;
      for (int c = 0; c < RGB; c++) {
        sum += image.rgb()[RGB * i + c] & 255;
      }
      grey[i] = sum / (255f * RGB);
    }
    return grey;
  }
}
