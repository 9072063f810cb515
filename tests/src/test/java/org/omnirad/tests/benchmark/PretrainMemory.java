package org.omnirad.tests.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.omnirad.OmniRad;
import org.omnirad.pretrain.BatchConfig;
import org.omnirad.pretrain.PretrainConfig;
import org.omnirad.pretrain.Pretrainer;
import org.omnirad.pretrain.WatchConfig;
import org.omnirad.run.TemporaryFolder;
import org.omnirad.train.MetricsLog;

/**
 * Prints resident memory at every hundredth of 600 steps of the tiny pretraining, batch 4, without
 * checkpoints and scores between. To be run as {@link MemorySlope}:
 *
 * <pre>{@code
 * "$JAVA_HOME"/bin/java -Xms512m -Xmx512m -XX:+AlwaysPreTouch -XX:TrimNativeHeapInterval=1000 \
 *     -cp "tests/target/test-classes:omnirad-lib/target/*:omnirad-lib/target/lib/*" \
 *     org.omnirad.tests.benchmark.PretrainMemory
 * }</pre>
 */
final class PretrainMemory {

  private static final int STEPS = 600;
  private static final int EVERY = 100;

  private PretrainMemory() {}

  public static void main(String[] args) throws IOException {
    List<Long> megabytes = new ArrayList<>();
    MetricsLog.showOn(
        () ->
            log -> {
              if (log.size() % EVERY == 0) {
                megabytes.add(residentMegabytes());
              }
            });
    PretrainConfig config =
        PretrainConfig.tiny()
            .withBatch(new BatchConfig(4, 4, 1, STEPS))
            .withWatch(new WatchConfig(STEPS, 0, 1));
    try (var folder = TemporaryFolder.create();
        var dataset = OmniRad.dataset("phantom", config.encoder().imageSize());
        var run = Pretrainer.run(dataset, config, folder.path())) {
      System.out.printf(
          "%s: resident MB at every %dth of %d steps: %s%n",
          run.encoder().name(), EVERY, STEPS, megabytes);
    }
  }

  private static long residentMegabytes() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException("resident memory is read from /proc, which Linux has", e);
    }
  }
}
