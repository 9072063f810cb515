package org.omnirad.pretrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;

class TraineeTest {

  @Test
  void aStepThatIsForgottenLeavesNoTrace() {
    PretrainConfig config =
        SmallRuns.config().withObjective(ObjectiveConfig.dinov2(Centring.MOVING_MEAN));
    List<Sample> batch = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      batch.add(SmallRuns.data(1).split(Split.TRAIN).get(i));
    }
    var once = afterTwoSteps(config, batch, false);
    var again = afterTwoSteps(config, batch, true);
    assertEquals(once.keySet(), again.keySet());
    once.forEach((name, values) -> assertArrayEquals(values, again.get(name), name));
  }

  private static Map<String, float[]> afterTwoSteps(
      PretrainConfig config, List<Sample> batch, boolean forgets) {
    var state = new TreeMap<String, float[]>();
    try (Encoder start = Encoder.random(SmallRuns.VIT, 1);
        var trainee = new Trainee(config, Schedules.of(config, 10), start, "teacher")) {
      for (int step = 0; step < 2; step++) {
        if (forgets) {
          trainee.look(step, batch);
          trainee.forget();
        }
        trainee.update(step, trainee.look(step, batch));
      }
      trainee
          .tensors()
          .forEach(
              (file, arrays) ->
                  arrays.forEach(
                      (name, array) -> state.put(file + "/" + name, array.toFloatArray())));
    }
    return state;
  }
}
