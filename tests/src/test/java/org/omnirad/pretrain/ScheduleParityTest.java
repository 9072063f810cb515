package org.omnirad.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Schedules equal DINOv2's at every step; {@code tests/parity/schedule_fixtures.py} wrote them. */
class ScheduleParityTest {

  private static final Path FIXTURE =
      Path.of("src/test/resources/org/omnirad/tests/parity/pretrain_schedules.json");

  @Test
  void everyStepOfEveryRun() throws IOException {
    var runs = JsonParser.parseString(Files.readString(FIXTURE)).getAsJsonArray();
    assertEquals(4, runs.size());
    for (JsonElement element : runs) {
      JsonObject run = element.getAsJsonObject();
      JsonObject p = run.getAsJsonObject("parameters");
      Schedules schedules = Schedules.of(config(p), p.get("steps_per_epoch").getAsLong());
      assertSchedule(run, "lr", schedules.learningRate()::at);
      assertSchedule(
          run,
          "last_layer_lr",
          step -> step < schedules.frozenPrototypesSteps() ? 0 : schedules.learningRate().at(step));
      assertSchedule(run, "weight_decay", schedules.weightDecay()::at);
      assertSchedule(run, "momentum", schedules.teacherMomentum()::at);
      assertSchedule(run, "teacher_temperature", schedules.teacherTemperature()::at);
    }
  }

  private static PretrainConfig config(JsonObject p) {
    int batch = p.get("batch_size").getAsInt();
    var optimiser =
        new OptimiserConfig(
            p.get("base_lr").getAsDouble(),
            p.get("lr_min").getAsDouble(),
            p.get("warmup_epochs").getAsDouble(),
            p.get("weight_decay").getAsDouble(),
            p.get("weight_decay_end").getAsDouble(),
            p.get("momentum").getAsDouble(),
            p.get("teacher_temperature_start").getAsDouble(),
            p.get("teacher_temperature").getAsDouble(),
            p.get("teacher_temperature_warmup_epochs").getAsDouble(),
            0.9,
            0.2,
            p.get("freeze_last_layer_epochs").getAsDouble(),
            3,
            0);
    return PretrainConfig.tiny()
        .withOptimiser(optimiser)
        .withBatch(new BatchConfig(batch, batch, p.get("epochs").getAsInt(), 0));
  }

  private static void assertSchedule(JsonObject run, String name, LongToDoubleFunction schedule) {
    var values = run.getAsJsonArray(name);
    for (int step = 0; step < values.size(); step++) {
      double expected = values.get(step).getAsDouble();
      assertEquals(
          expected,
          schedule.applyAsDouble(step),
          1e-12 * Math.max(1e-3, Math.abs(expected)),
          run.get("name").getAsString() + ": " + name + " at step " + step);
    }
  }
}
