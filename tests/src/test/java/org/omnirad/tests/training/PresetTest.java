package org.omnirad.tests.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.pretrain.BatchConfig;
import org.omnirad.pretrain.PretrainConfig;
import org.omnirad.pretrain.WatchConfig;
import org.omnirad.tensor.Precision;
import org.omnirad.tests.Repository;

/**
 * Every preset takes two steps and, resumed after the first, the second again: batch 2, in float32,
 * because processors without bfloat16 take minutes for what they emulate.
 */
class PresetTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "small", "base"})
  void twoStepsAndAResume(String name) throws IOException {
    PretrainConfig preset =
        switch (name) {
          case "tiny" -> PretrainConfig.tiny();
          case "small" -> PretrainConfig.small();
          default -> PretrainConfig.base();
        };
    assertEquals(name.equals("tiny") ? 1_024 : 65_536, preset.head().prototypes());
    PretrainConfig config =
        preset
            .withBatch(new BatchConfig(2, 2, 1, 2))
            .withWatch(new WatchConfig(1, 0, 1))
            .withPrecision(Precision.FLOAT32);
    var child = new Child(folder, config.views().first().size(), "1g");
    List<String> command = child.command(config, name);
    run(command);
    List<String> rows = child.rows(name);
    assertEquals(2, rows.size());
    assertTrue(rows.stream().noneMatch(row -> row.contains("Infinity")), rows.toString());
    delete(folder.resolve(name).resolve("checkpoints/step-00000002"));
    run(command);
    assertEquals(rows, child.rows(name));
    assertTrue(Files.exists(folder.resolve(name).resolve("encoder/config.json")));
  }

  private void run(List<String> command) {
    var outcome = Repository.run(folder, Map.of(), Duration.ofMinutes(5), command);
    assertEquals(0, outcome.exitCode(), outcome.output());
  }

  private static void delete(Path checkpoint) throws IOException {
    try (var files = Files.list(checkpoint)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(checkpoint);
  }
}
