package org.omnirad.tests.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.omnirad.data.ImageList;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;

/**
 * Prints how many phantom images are drawn in a second, by one thread and by all processors: the
 * median of {@value #ROUNDS} rounds after a warm-up. Arguments: image sizes. {@code JAVA_HOME}
 * names a JDK 21 or newer:
 *
 * <pre>{@code
 * "$JAVA_HOME"/bin/java -cp "tests/target/test-classes:omnirad-lib/target/*:omnirad-lib/target/lib/*" \
 *     org.omnirad.tests.benchmark.PhantomSpeed 64 224
 * }</pre>
 */
final class PhantomSpeed {

  private static final int ROUNDS = 7;
  private static final int PIXELS_OF_A_ROUND = 2_000_000;

  private PhantomSpeed() {}

  public static void main(String[] args) {
    int processors = Runtime.getRuntime().availableProcessors();
    for (String size : args) {
      var config = PhantomConfig.defaults().withImageSize(Integer.parseInt(size));
      ImageList images = PhantomDataset.of(config).split(Split.TRAIN);
      int pixels = config.imageSize() * config.imageSize();
      int n = Math.clamp(PIXELS_OF_A_ROUND / pixels, 16, images.size()) / 8 * 8;
      System.out.printf(
          Locale.ROOT,
          "%d px: %.0f images/s by one thread, %.0f by %d%n",
          config.imageSize(),
          perSecond(images, n, 1),
          perSecond(images, n, processors),
          processors);
    }
  }

  private static double perSecond(ImageList images, int n, int threads) {
    double[] rates = new double[ROUNDS];
    try (var pool = new ForkJoinPool(threads)) {
      for (int round = -2; round < ROUNDS; round++) {
        long started = System.nanoTime();
        pool.submit(() -> IntStream.range(0, n).parallel().forEach(images::get)).join();
        rates[Math.max(0, round)] = n / ((System.nanoTime() - started) / 1e9);
      }
    }
    Arrays.sort(rates);
    return rates[ROUNDS / 2];
  }
}
