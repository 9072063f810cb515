package org.omnirad.tests.benchmark;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.omnirad.augment.BlurProbability;
import org.omnirad.augment.ImageBatch;
import org.omnirad.augment.NaturalView;
import org.omnirad.augment.ViewAugmenter;
import org.omnirad.augment.ViewConfig;
import org.omnirad.encoder.Preprocessing;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.EngineRecord;

/**
 * Makes one view of each image of a batch each time a line arrives on standard input, and answers
 * with the processor seconds it took, of all threads of this process; so that a benchmark can take
 * turns with torchvision. Arguments: {@code radiology} or {@code natural}, size of the views, size
 * of the images, images in a batch, batches.
 */
final class ViewServer {

  private ViewServer() {}

  public static void main(String[] args) throws IOException {
    boolean natural = args[0].equals("natural");
    int size = Integer.parseInt(args[1]);
    int side = Integer.parseInt(args[2]);
    int b = Integer.parseInt(args[3]);
    int batches = Integer.parseInt(args[4]);
    ViewConfig config =
        natural
            ? ViewConfig.natural(size, BlurProbability.EFFECTIVE, NaturalView.SECOND)
            : ViewConfig.radiology(size);
    Preprocessing preprocessing = Preprocessing.imageNet(size);
    var augmenter = new ViewAugmenter(config, preprocessing.mean(), preprocessing.std());
    var random = new RandomSource(7);
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long step = 0;
    try (var manager = NDManager.newBaseManager()) {
      int[] sides = new int[b];
      Arrays.fill(sides, side);
      var pixels = manager.randomUniform(0, 1, new Shape(b, natural ? 3 : 1, side, side));
      System.out.println(EngineRecord.ofEngine().entries().get("engine"));
      var requests =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
      while (requests.readLine() != null) {
        long started = system.getProcessCpuTime();
        for (int i = 0; i < batches; i++) {
          augmenter.apply(new ImageBatch(pixels, sides, sides), random, step++, 0, 0).close();
        }
        System.out.println((system.getProcessCpuTime() - started) / 1e9);
      }
    }
  }
}
