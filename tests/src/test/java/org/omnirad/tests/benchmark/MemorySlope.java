package org.omnirad.tests.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.omnirad.data.ImageFolder;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/**
 * Prints how resident memory grows while the tiny encoder embeds every image of a folder or zip.
 * Argument: the folder or zip. {@code JAVA_HOME} names a JDK 22 or newer. To be run with a heap of
 * fixed size, so that only native memory can grow, and with an allocator that gives back what was
 * freed: the virtual machine's compilers alone take more than 100 MB in the first minute, which
 * Linux's allocator would keep:
 *
 * <pre>{@code
 * "$JAVA_HOME"/bin/java -Xms512m -Xmx512m -XX:+AlwaysPreTouch -XX:TrimNativeHeapInterval=1000 \
 *     -cp "tests/target/test-classes:omnirad-lib/target/*:omnirad-lib/target/lib/*" \
 *     org.omnirad.tests.benchmark.MemorySlope MedNIST_dev.zip
 * }</pre>
 */
final class MemorySlope {

  private static final int EVERY = 1000;

  private MemorySlope() {}

  public static void main(String[] args) {
    try (var folder = ImageFolder.open(Path.of(args[0]));
        var encoder = Encoder.random(VitConfig.tiny(), 7)) {
      var watched = new Watched(folder);
      encoder.embed(watched);
      List<Long> kilobytes = watched.kilobytes;
      System.out.printf(
          Locale.ROOT,
          "%,d images: %,d kB after the first %,d, %,d kB at the end, slope %.2f MB per 10,000 images%n",
          watched.size(),
          kilobytes.get(1),
          EVERY,
          kilobytes.get(kilobytes.size() - 1),
          slope(kilobytes.subList(1, kilobytes.size())) * 10_000 / EVERY / 1024);
    }
  }

  /** All splits one after another; notes the resident memory at every thousandth image. */
  private static final class Watched implements ImageList {

    private final List<ImageList> splits = new ArrayList<>();
    private final List<Long> kilobytes = new ArrayList<>();

    Watched(ImageFolder folder) {
      for (Split split : Split.values()) {
        splits.add(folder.split(split));
      }
    }

    @Override
    public int size() {
      return splits.stream().mapToInt(ImageList::size).sum();
    }

    @Override
    public Sample get(int index) {
      if (index % EVERY == 0) {
        synchronized (kilobytes) {
          kilobytes.add(ProcessMemory.residentKilobytes());
        }
      }
      int rest = index;
      for (ImageList split : splits) {
        if (rest < split.size()) {
          return split.get(rest);
        }
        rest -= split.size();
      }
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public Task task() {
      return splits.get(0).task();
    }

    @Override
    public List<String> classNames() {
      return splits.get(0).classNames();
    }

    @Override
    public RunRecord record() {
      return splits.get(0).record();
    }
  }

  // Least squares through (0, y0), (1, y1), ...
  private static double slope(List<Long> y) {
    double meanX = (y.size() - 1) / 2.0;
    double meanY = y.stream().mapToLong(Long::longValue).average().orElseThrow();
    double covariance = 0;
    double variance = 0;
    for (int x = 0; x < y.size(); x++) {
      covariance += (x - meanX) * (y.get(x) - meanY);
      variance += (x - meanX) * (x - meanX);
    }
    return covariance / variance;
  }
}
