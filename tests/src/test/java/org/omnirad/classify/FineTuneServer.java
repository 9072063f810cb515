package org.omnirad.classify;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.omnirad.data.ImageList;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.nn.LoraConfig;
import org.omnirad.tensor.EngineRecord;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Precision;
import org.omnirad.tests.benchmark.ProcessMemory;

/**
 * Takes fine-tuning steps of ViT-S/14 at 224 pixels each time a line arrives on standard input, and
 * answers with the seconds they took; {@code tests/benchmarks/fine_tune.py} takes turns with it.
 * Arguments: lora or full, precision, batch size, steps. Images are given. At the end it prints the
 * peak of resident memory and how many numbers gradients and optimiser hold.
 */
final class FineTuneServer {

  private static final int CLASSES = 2;

  private FineTuneServer() {}

  public static void main(String[] args) throws IOException {
    int batch = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[3]);
    LoraConfig adapters = args[0].equals("lora") ? LoraConfig.omnirad() : null;
    var config =
        new FineTuneConfig(
            adapters,
            false,
            false,
            1e-5,
            0.01,
            0.4,
            1,
            0,
            1,
            1,
            batch,
            batch,
            Precision.valueOf(args[1]),
            7);
    ImageList images = PhantomDataset.abdomen(PhantomConfig.defaults()).split(Split.VAL);
    try (Encoder start = Encoder.random(VitConfig.small(), 7);
        var trainee = new Trainee(config, start, "benchmark", images, new double[] {1, 1});
        NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      serve(trainee, manager, batch, steps);
      trainee.encoder().close();
    }
  }

  private static void serve(Trainee trainee, NDManager manager, int batch, int steps)
      throws IOException {
    System.out.println(EngineRecord.ofEngine().entries().get("engine"));
    var images = manager.randomNormal(new Shape(batch, 3, 224, 224));
    float[] targets = new float[batch * CLASSES];
    float[] weights = new float[batch];
    for (int i = 0; i < batch; i++) {
      targets[i * CLASSES + i % CLASSES] = 1;
      weights[i] = 1f / batch;
    }
    var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (requests.readLine() != null) {
      long started = System.nanoTime();
      for (int i = 0; i < steps; i++) {
        try (NDManager part = manager.newSubManager();
            var off = GradMode.off()) {
          var given = images.duplicate();
          given.attach(part);
          double loss = trainee.backward(given, targets, weights);
          trainee.update(0, trainee.step(loss));
        }
      }
      System.out.println((System.nanoTime() - started) / 1e9);
    }
    System.out.println(
        "peak resident memory "
            + ProcessMemory.peakKilobytes() / 1024
            + " MB, "
            + trainee.numTrained()
            + " trained");
  }
}
