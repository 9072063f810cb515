package org.omnirad.pretrain;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.VitConfig;
import org.omnirad.train.MetricsLog;

/** Pretrainings of a few seconds: 16 pixels, patch 4, 24 wide, two blocks, batch 8. */
final class SmallRuns {

  static final VitConfig VIT = new VitConfig(16, 4, 24, 2, 3, 4, true, 0.1f, 1e-6f);
  static final int STEPS = 12;

  private SmallRuns() {}

  static PretrainConfig config() {
    return PretrainConfig.tiny()
        .withEncoder(VIT)
        .withViews(ViewsConfig.radiology(16, 4))
        .withHead(new HeadConfig(64, 32, 16, false))
        .withBatch(new BatchConfig(8, 8, 1, STEPS))
        .withWatch(new WatchConfig(4, 6, 40));
  }

  static PhantomDataset data(long seed) {
    return PhantomDataset.of(new PhantomConfig(16, 48, 24, 8, seed));
  }

  static OptimiserConfig withDropPath(OptimiserConfig o, double dropPath) {
    return with(o, o.baseLearningRate(), o.teacherMomentum(), dropPath);
  }

  static OptimiserConfig withLearningRate(OptimiserConfig o, double rate, double momentum) {
    return with(o, rate, momentum, o.dropPathRate());
  }

  private static OptimiserConfig with(
      OptimiserConfig o, double rate, double momentum, double dropPath) {
    return new OptimiserConfig(
        rate,
        o.minLearningRate(),
        o.warmupEpochs(),
        o.weightDecay(),
        o.finalWeightDecay(),
        momentum,
        o.teacherTemperature(),
        o.finalTeacherTemperature(),
        o.temperatureWarmupEpochs(),
        o.layerDecay(),
        o.patchEmbedFactor(),
        o.frozenPrototypesEpochs(),
        o.clipNorm(),
        dropPath);
  }

  /** Every value of the metrics but the speed, line by line. */
  static List<String> rows(MetricsLog metrics) {
    List<double[]> columns =
        metrics.columns().stream()
            .filter(name -> !name.equals("images_per_second"))
            .map(metrics::column)
            .toList();
    return IntStream.range(0, metrics.size())
        .mapToObj(i -> Arrays.toString(columns.stream().mapToDouble(c -> c[i]).toArray()))
        .toList();
  }
}
