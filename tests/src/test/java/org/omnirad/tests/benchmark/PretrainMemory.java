package org.omnirad.tests.benchmark;

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

  public static void main(String[] args) {
    List<Long> megabytes = new ArrayList<>();
    MetricsLog.showOn(
        () ->
            log -> {
              if (log.size() % EVERY == 0) {
                megabytes.add(ProcessMemory.residentKilobytes() / 1024);
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
}
