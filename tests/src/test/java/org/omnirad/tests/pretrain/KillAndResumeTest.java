package org.omnirad.tests.pretrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.encoder.VitConfig;
import org.omnirad.pretrain.BatchConfig;
import org.omnirad.pretrain.HeadConfig;
import org.omnirad.pretrain.PretrainConfig;
import org.omnirad.pretrain.ViewsConfig;
import org.omnirad.pretrain.WatchConfig;
import org.omnirad.tests.Repository;

/**
 * A pretraining that is killed at random moments and started again gives the numbers of one that
 * was not. {@code -Domnirad.kills=20} kills it so often; without it 3 times.
 */
class KillAndResumeTest {

  private static final int KILLS = Integer.getInteger("omnirad.kills", 3);
  private static final int STEPS = 20 * KILLS;

  @TempDir Path folder;

  private static PretrainConfig config() {
    return PretrainConfig.tiny()
        .withEncoder(new VitConfig(16, 4, 24, 2, 3, 4, true, 0.1f, 1e-6f))
        .withViews(ViewsConfig.radiology(16, 4))
        .withHead(new HeadConfig(64, 32, 16, false))
        .withBatch(new BatchConfig(8, 8, 1, STEPS))
        .withWatch(new WatchConfig(2, 10, 24));
  }

  @Test
  void killedAtRandomMomentsItGivesTheSameNumbers() throws IOException, InterruptedException {
    var child = new Child(folder, 16, "256m");
    var whole =
        Repository.run(folder, Map.of(), Duration.ofMinutes(2), child.command(config(), "whole"));
    assertEquals(0, whole.exitCode(), whole.output());
    List<String> command = child.command(config(), "killed");
    var random = new Random();
    Path metrics = folder.resolve("killed/metrics.csv");
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = start(command);
      // At a random row of a random part of the run, then some milliseconds.
      int rows = lines(metrics) + random.nextInt(STEPS / KILLS / 2);
      while (process.isAlive() && lines(metrics) < rows) {
        Thread.sleep(2);
      }
      boolean ended = process.waitFor(random.nextInt(60), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      assertFalse(ended, () -> "ended by itself: " + output());
    }
    var last = Repository.run(folder, Map.of(), Duration.ofMinutes(2), command);
    assertEquals(0, last.exitCode(), last.output());
    assertEquals(STEPS + 1, child.rows("killed").size());
    assertEquals(child.rows("whole"), child.rows("killed"));
    String encoder = "encoder/model.safetensors";
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole").resolve(encoder)),
        Files.readAllBytes(folder.resolve("killed").resolve(encoder)));
  }

  @Test
  void terminatedItWritesACheckpointFirst() throws IOException, InterruptedException {
    var child = new Child(folder, 16, "256m");
    List<String> command = child.main(config().withBatch(new BatchConfig(8, 8, 1, 100_000)), "cut");
    Process process = start(command);
    Path metrics = folder.resolve("cut/metrics.csv");
    while (process.isAlive() && lines(metrics) < 8) {
      Thread.sleep(5);
    }
    process.destroy();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), this::output);
    assertFalse(output().contains("fatal error"), this::output);
    List<String> log = Files.readAllLines(folder.resolve("cut/run.log"));
    String last = log.get(log.size() - 1);
    assertTrue(last.contains("interrupted after step"), last);
    int step = Integer.parseInt(last.substring(last.lastIndexOf(' ') + 1));
    assertTrue(
        Files.isDirectory(folder.resolve("cut/checkpoints/step-%08d".formatted(step))), last);
  }

  private String output() {
    try {
      return Files.readString(folder.resolve("output"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start();
  }

  private static int lines(Path file) throws IOException {
    return Files.exists(file) ? (int) Files.readString(file).lines().count() : 0;
  }
}
