package org.omnirad.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.train.TrainingStep;

class TraineeTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noManagerGathersArrays(boolean adapters) {
    FineTuneConfig config =
        (adapters ? FineTuneConfig.lora() : FineTuneConfig.full()).quick().withBatch(4, 2);
    List<Sample> batch = new ArrayList<>();
    ImageList images =
        PhantomDataset.of(PhantomConfig.defaults().withImageSize(32)).split(Split.TRAIN);
    for (int i = 0; i < 4; i++) {
      batch.add(images.get(i));
    }
    try (var start = Encoder.random(VitConfig.tiny().withImageSize(32).withDepth(1), 1);
        var trainee =
            new Trainee(config, start, "tuned", images, new double[] {1, 1, 1, 1, 1, 1, 1, 1})) {
      trainee.update(0, trainee.look(0, batch));
      Map<String, Integer> before = arrays(trainee);
      for (int step = 1; step < 4; step++) {
        trainee.update(0, trainee.look(step, batch));
        assertEquals(before, arrays(trainee));
      }
      trainee.encoder().close();
    }
  }

  @Test
  void gradientsAreClippedMoreInTheWarmUp() {
    FineTuneConfig config = FineTuneConfig.full().quick().withBatch(2, 2);
    ImageList binary = PhantomDataset.abdomen(PhantomConfig.defaults()).split(Split.VAL);
    for (int epoch : new int[] {0, config.warmupEpochs()}) {
      try (var start = Encoder.random(VitConfig.tiny().withImageSize(32).withDepth(1), 1);
          var trainee = new Trainee(config, start, "tuned", binary, new double[] {1, 1});
          var scratch = NDManager.newBaseManager();
          var tuned = trainee.encoder()) {
        NDArray images = scratch.ones(new Shape(2, 3, 32, 32));
        // Labels that count a thousand times make a gradient longer than both clips.
        double loss =
            trainee.backward(images, new float[] {1, 0, 1, 0}, new float[] {1_000, 1_000});
        TrainingStep seen = trainee.step(loss);
        assertTrue(seen.gradientNorm() > 10, seen.toString());
        trainee.update(epoch, seen);
        double squares = 0;
        for (var moment : trainee.tensors().get("optimiser").entrySet()) {
          if (moment.getKey().endsWith(".mean")) {
            squares += Math.pow(moment.getValue().norm().getFloat(), 2);
          }
        }
        // AdamW's first mean is a tenth of the gradient.
        assertEquals(epoch == 0 ? 0.5 : 1, Math.sqrt(squares) / 0.1, 1e-4);
        assertEquals("tuned", tuned.name());
      }
    }
  }

  private static Map<String, Integer> arrays(Trainee trainee) {
    var counts = new TreeMap<String, Integer>();
    trainee
        .tensors()
        .forEach(
            (file, arrays) -> {
              for (Map.Entry<String, NDArray> e : arrays.entrySet()) {
                var manager = (BaseNDManager) e.getValue().getManager();
                counts.put(file + "/" + e.getKey(), manager.getManagedArrays().size());
              }
            });
    return counts;
  }
}
