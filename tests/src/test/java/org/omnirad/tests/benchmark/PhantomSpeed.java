package org.omnirad.tests.benchmark;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.omnirad.data.ImageList;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;

/**
 * Prints how many phantom images one thread draws in a second of processor time, and all processors
 * in a second: the median of {@value #ROUNDS} rounds after a warm-up. Arguments: image sizes.
 * {@code JAVA_HOME} names a JDK 21 or newer:
 *
 * <pre>{@code
 * "$JAVA_HOME"/bin/java -cp "tests/target/test-classes:omnirad-lib/target/*:omnirad-lib/target/lib/*" \
 *     org.omnirad.tests.benchmark.PhantomSpeed 64 224
 * }</pre>
 */
final class PhantomSpeed {

  private static final int ROUNDS = 7;
  private static final int WARM_UPS = 2;
  private static final int PIXELS_OF_A_ROUND = 1_500_000;

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
          "%d px: %.0f images in a second of one thread's time, %.0f in a second of %d processors%n",
          config.imageSize(),
          perSecond(
              n,
              ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime,
              () -> IntStream.range(0, n).forEach(images::get)),
          perSecond(
              n, System::nanoTime, () -> IntStream.range(0, n).parallel().forEach(images::get)),
          processors);
    }
  }

  private static double perSecond(int n, LongSupplier clock, Runnable drawing) {
    double[] rates = new double[ROUNDS];
    for (int round = -WARM_UPS; round < ROUNDS; round++) {
      long started = clock.getAsLong();
      drawing.run();
      rates[Math.max(0, round)] = n / ((clock.getAsLong() - started) / 1e9);
    }
    Arrays.sort(rates);
    return rates[ROUNDS / 2];
  }
}
