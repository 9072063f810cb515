package org.omnirad.tests.training;

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
import org.omnirad.classify.FineTuneConfig;
import org.omnirad.encoder.VitConfig;
import org.omnirad.pretrain.BatchConfig;
import org.omnirad.pretrain.HeadConfig;
import org.omnirad.pretrain.PretrainConfig;
import org.omnirad.pretrain.ViewsConfig;
import org.omnirad.pretrain.WatchConfig;
import org.omnirad.tests.Repository;

/**
 * A training that is killed at random moments and started again gives the numbers of one that was
 * not. {@code -Domnirad.kills=20} kills a pretraining so often; without it 3 times.
 */
class KillAndResumeTest {

  private static final int KILLS = Integer.getInteger("omnirad.kills", 3);
  private static final int STEPS = 20 * KILLS;

  @TempDir Path folder;
  private final Random random = new Random();

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
    Path metrics = folder.resolve("killed/metrics.csv");
    for (int kill = 0; kill < KILLS; kill++) {
      // At a random row of a random part of the run.
      kill(command, metrics, lines(metrics) + random.nextInt(STEPS / KILLS / 2));
    }
    var last = Repository.run(folder, Map.of(), Duration.ofMinutes(2), command);
    assertEquals(0, last.exitCode(), last.output());
    assertEquals(STEPS + 1, child.rows("killed").size());
    assertEquals(child.rows("whole"), child.rows("killed"));
    assertSame("encoder/model.safetensors");
  }

  @Test
  void aFineTuningThatIsKilledGivesTheSameClassifier() throws IOException, InterruptedException {
    int epochs = 16;
    var config = FineTuneConfig.lora().quick().withEpochs(epochs, 1).withBatch(8, 8);
    var child = new Child(folder, 16, "256m");
    var whole =
        Repository.run(folder, Map.of(), Duration.ofMinutes(2), child.command(config, "whole"));
    assertEquals(0, whole.exitCode(), whole.output());
    List<String> command = child.command(config, "killed");
    // Where the second row is there, so is the checkpoint of the first epoch.
    kill(command, folder.resolve("killed/metrics.csv"), 3 + random.nextInt(epochs / 2 - 2));
    var rest = Repository.run(folder, Map.of(), Duration.ofMinutes(2), command);
    assertEquals(0, rest.exitCode(), rest.output());
    assertTrue(Files.readString(folder.resolve("killed/run.log")).contains("goes on after step"));
    assertEquals(epochs, child.rows("killed").size());
    assertEquals(child.rows("whole"), child.rows("killed"));
    assertSame("adapter/adapter_model.safetensors");
    assertSame("classifier/model.safetensors");
    assertSame("classifier/head.safetensors");
  }

  /** Kills a program some milliseconds after its metrics have so many lines. */
  private void kill(List<String> command, Path metrics, int lines)
      throws IOException, InterruptedException {
    Process process = start(command);
    while (process.isAlive() && lines(metrics) < lines) {
      Thread.sleep(2);
    }
    boolean ended = process.waitFor(random.nextInt(60), TimeUnit.MILLISECONDS);
    process.destroyForcibly().waitFor();
    assertFalse(ended, () -> "ended by itself: " + output());
  }

  private void assertSame(String file) throws IOException {
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole").resolve(file)),
        Files.readAllBytes(folder.resolve("killed").resolve(file)));
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
