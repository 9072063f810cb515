package org.omnirad.pretrain;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.omnirad.encoder.Encoder;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.EngineRecord;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Precision;

/**
 * Takes the same number of pretraining steps each time a line arrives on standard input, and
 * answers with the seconds they took; {@code tests/benchmarks/pretrain.py} takes turns with it.
 * Arguments: preset (tiny or small), precision, batch size, steps. Views are given; masks are
 * drawn.
 */
final class PretrainServer {

  private PretrainServer() {}

  public static void main(String[] args) throws IOException {
    boolean tiny = args[0].equals("tiny");
    int batch = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[3]);
    PretrainConfig preset = tiny ? PretrainConfig.tiny() : PretrainConfig.small();
    PretrainConfig config =
        preset
            .withHead(new HeadConfig(tiny ? 4_096 : 65_536, 2_048, 256, false))
            .withObjective(ObjectiveConfig.dinov2(Centring.SINKHORN))
            .withOptimiser(
                new OptimiserConfig(1e-3, 1e-3, 0, 0.04, 0.04, 0.992, 0.07, 0.07, 0, 1, 1, 0, 3, 0))
            .withBatch(new BatchConfig(batch, batch, 1, 1_000))
            .withPrecision(Precision.valueOf(args[1]));
    try (Encoder start = Encoder.random(config.encoder(), 7);
        var trainee = new Trainee(config, Schedules.of(config, 1_000), start, "benchmark");
        NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      serve(trainee, config, manager, steps);
    }
  }

  private static void serve(Trainee trainee, PretrainConfig config, NDManager manager, int steps)
      throws IOException {
    System.out.println(EngineRecord.ofEngine().entries().get("engine"));
    int size = config.encoder().imageSize();
    int views = 2 * config.batch().size();
    var images = manager.randomNormal(new Shape(views, 3, size, size));
    var random = new RandomSource(7);
    var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (long step = 0; requests.readLine() != null; ) {
      long started = System.nanoTime();
      for (int i = 0; i < steps; i++, step++) {
        boolean[][] masks =
            BlockMasks.draw(
                config.masks(), views, config.encoder().gridSize(), random.at(step, "masks"));
        try (NDManager part = manager.newSubManager();
            var off = GradMode.off()) {
          var given = images.duplicate();
          given.attach(part);
          Losses losses = trainee.gradients(step, 0, new Views(given, Optional.empty(), masks));
          trainee.update(step, trainee.step(losses));
        }
      }
      System.out.println((System.nanoTime() - started) / 1e9);
    }
  }
}
