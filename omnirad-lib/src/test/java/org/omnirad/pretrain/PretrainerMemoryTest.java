package org.omnirad.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.run.ResidentMemory;
import org.omnirad.train.MetricsLog;

class PretrainerMemoryTest {

  @TempDir Path folder;

  @Test
  void fiveHundredStepsHoldFlatMemory() {
    ResidentMemory.assumeKnown();
    var megabytes = new ArrayList<Long>();
    MetricsLog.showOn(
        () ->
            log -> {
              if (log.size() % 100 == 0) {
                System.gc();
                megabytes.add(ResidentMemory.megabytes());
              }
            });
    PretrainConfig config =
        SmallRuns.config()
            .withViews(SmallRuns.config().views().withLocalViews(1))
            .withBatch(new BatchConfig(4, 2, 1, 500))
            .withWatch(new WatchConfig(250, 0, 1));
    try {
      Pretrainer.run(SmallRuns.data(1), config, folder.resolve("run"));
    } finally {
      MetricsLog.showOn(() -> log -> {});
    }
    assertEquals(5, megabytes.size());
    // A leak of each step's views alone would be 7 MB, of its logits and tokens 40 MB.
    long more = megabytes.get(4) - megabytes.get(0);
    assertTrue(more < 30, () -> "resident MB at every hundredth step: " + megabytes);
  }

  @Test
  void noManagerGathersArrays() {
    PretrainConfig config =
        SmallRuns.config()
            .withViews(SmallRuns.config().views().withLocalViews(1))
            .withBatch(new BatchConfig(4, 2, 1, 10))
            .withObjective(ObjectiveConfig.dinov2(Centring.MOVING_MEAN));
    List<Sample> batch = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      batch.add(SmallRuns.data(1).split(Split.TRAIN).get(i));
    }
    try (Encoder start = Encoder.random(SmallRuns.VIT, 1);
        var trainee = new Trainee(config, Schedules.of(config, 10), start, "teacher")) {
      Map<String, Integer> before = null;
      for (int step = 0; step < 6; step++) {
        trainee.update(step, trainee.look(step, batch));
        Map<String, Integer> counts = arrays(trainee);
        assertTrue(before == null || before.equals(counts), before + " arrays, then " + counts);
        before = counts;
      }
    }
  }

  /** How many arrays the managers hold that own the tensors of a training. */
  private static Map<String, Integer> arrays(Trainee trainee) {
    var counts = new TreeMap<String, Integer>();
    trainee
        .tensors()
        .forEach(
            (file, tensors) -> {
              NDArray first = tensors.values().iterator().next();
              counts.put(file, first.getManager().getManagedArrays().size());
            });
    return counts;
  }
}
