package org.omnirad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.pretrain.BatchConfig;
import org.omnirad.pretrain.HeadConfig;
import org.omnirad.pretrain.PretrainConfig;
import org.omnirad.pretrain.ViewsConfig;
import org.omnirad.pretrain.WatchConfig;
import org.omnirad.run.Json;
import org.omnirad.train.MetricsLog;

class PretrainMainTest {

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return PretrainMain.run(
        args,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  private Path smallConfig() throws IOException {
    PretrainConfig config =
        PretrainConfig.tiny()
            .withEncoder(new VitConfig(16, 4, 24, 1, 3, 4, true, 0.1f, 1e-6f))
            .withViews(ViewsConfig.radiology(16, 4))
            .withHead(new HeadConfig(32, 16, 8, false))
            .withBatch(new BatchConfig(4, 4, 1, 2))
            .withWatch(new WatchConfig(2, 0, 1));
    return Files.writeString(folder.resolve("config.json"), Json.write(config));
  }

  @Test
  void theConfigBehindTheEncoderInTheLibraryCanBeUsed() throws IOException {
    try (var in = Encoder.class.getResourceAsStream("omnirad-tiny/pretraining.json")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      PretrainConfig config = Json.read(text, PretrainConfig.class, "pretraining.json");
      assertEquals(VitConfig.tiny(), config.encoder());
    }
  }

  @Test
  void aPresetIsPrintedAsTheConfigThatIsReadBack() {
    assertEquals(0, run("small"));
    assertEquals(
        PretrainConfig.small(), Json.read(text(out), PretrainConfig.class, "standard output"));
  }

  @Test
  void pretrainsOnAMixtureAndGoesOn() throws IOException {
    String config = smallConfig().toString();
    String target = folder.resolve("run").toString();
    assertEquals(0, run(config, target, "phantom@16=3", "phantom@32"), () -> text(err));
    assertTrue(text(out).contains("steps: 2"), text(out));
    Path encoder = folder.resolve("run/encoder");
    assertTrue(text(out).contains(encoder.toString()), text(out));
    try (Encoder loaded = Encoder.load(encoder)) {
      assertEquals(24, loaded.config().embedDim());
    }
    String record = Files.readString(folder.resolve("run/run.json"));
    assertTrue(record.contains("\"mixture.0.weight\": \"3.0\""), record);
    assertEquals(0, run(config, target, "phantom@16=3", "phantom@32"), () -> text(err));
    assertEquals(2, MetricsLog.read(folder.resolve("run/metrics.csv")).size());
    assertEquals(1, run(config, target, "phantom@16"));
    assertTrue(text(err).contains("this training is another one"), text(err));
  }

  @Test
  void withoutADatasetTheUsageIsShown() {
    assertEquals(2, run());
    assertEquals(2, run("config.json", "run"));
    assertTrue(text(err).contains("RUN-FOLDER DATASET"), text(err));
    assertEquals("", text(out));
  }

  @Test
  void whatCannotBeUsedIsNamedInOneLine() throws IOException {
    assertEquals(1, run("huge"));
    assertEquals("There is no preset 'huge'. The presets are tiny, small and base.", line());
    assertEquals(1, run(folder.resolve("none.json").toString(), "run", "phantom"));
    assertTrue(line().startsWith("cannot read "), line());
    String config = smallConfig().toString();
    assertEquals(1, run(config, folder.resolve("run").toString(), "nodata"));
    assertTrue(line().contains("nodata"), line());
    assertEquals(1, run(config, folder.resolve("run").toString(), "phantom=1.2.3"));
    assertTrue(line().contains("1.2.3"), line());
    Files.writeString(folder.resolve("config.json"), "{\"speed\": 1}");
    assertEquals(1, run(config, folder.resolve("run").toString(), "phantom"));
    assertTrue(line().contains("speed"), line());
  }

  /** The last line of standard error. */
  private String line() {
    return text(err).lines().toList().getLast();
  }
}
