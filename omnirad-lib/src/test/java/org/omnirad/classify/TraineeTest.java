package org.omnirad.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.Task;

class TraineeTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noManagerGathersArrays(boolean adapters) {
    FineTuneConfig config =
        (adapters ? FineTuneConfig.lora() : FineTuneConfig.full()).quick().withBatch(4, 2);
    List<Sample> batch = new ArrayList<>();
    try (var data = PhantomDataset.of(PhantomConfig.defaults().withImageSize(32))) {
      for (int i = 0; i < 4; i++) {
        batch.add(data.split(Split.TRAIN).get(i));
      }
    }
    try (var start = Encoder.random(VitConfig.tiny().withImageSize(32).withDepth(1), 1);
        var trainee =
            new Trainee(
                config, start, "tuned", Task.MULTI_CLASS, new double[] {1, 1, 1, 1, 1, 1, 1, 1})) {
      trainee.update(0, trainee.look(0, batch));
      Map<String, Integer> before = arrays(trainee);
      for (int step = 1; step < 4; step++) {
        trainee.update(0, trainee.look(step, batch));
        assertEquals(before, arrays(trainee));
      }
      trainee.encoder().close();
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
