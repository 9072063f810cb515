package org.omnirad.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.tests.Repository;

/** The stop button of a notebook: the running embed ends, and the kernel goes on. */
@DisabledOnOs(OS.WINDOWS)
class KernelInterruptTest {

  /** Plays the browser: runs cells, and interrupts one as soon as it shows its progress. */
  private static final String SESSION =
      """
      import json, time
      from jupyter_client.manager import KernelManager

      kernel = KernelManager(kernel_name="omnirad-java")
      kernel.start_kernel()
      client = kernel.client()
      client.start_channels()

      def run(code, interrupt=False):
          shown, sent = [], []
          def see(message):
              data = message["content"].get("data", {}).get("text/plain", "")
              if message["msg_type"] == "execute_result":
                  shown.append(data)
              if interrupt and "embed: " in data and not sent:
                  sent.append(time.monotonic())
                  kernel.interrupt_kernel()
          reply = client.execute_interactive(code, timeout=180, output_hook=see)["content"]
          seconds = time.monotonic() - sent[0] if sent else -1
          return {"status": reply["status"], "error": reply.get("evalue", ""),
                  "shown": shown[-1] if shown else "", "seconds": seconds}

      try:
          client.wait_for_ready(timeout=180)
          cells = [
              run("import org.omnirad.*; import org.omnirad.data.*; import org.omnirad.encoder.*;"
                  " var images = OmniRad.dataset(\\"phantom\\", 64).split(Split.TRAIN);"
                  " var encoder = Encoder.random(VitConfig.small(), 7); String stopped = null;"),
              run("try { encoder.embed(images); } catch (CancellationException e) {"
                  " stopped = e.getMessage(); throw e; }", interrupt=True),
              run("for (int i = 0; i < 300 && stopped == null; i++) { Thread.sleep(100); } stopped"),
              run("Thread.getAllStackTraces().entrySet().stream().filter(t ->"
                  " t.getKey().getName().startsWith(\\"omnirad-decode\\")"
                  " || Arrays.toString(t.getValue()).contains(\\"org.omnirad.encoder\\")).count()"),
              run("encoder.embed(images.first(4)).size()"),
          ]
      finally:
          client.stop_channels()
          kernel.shutdown_kernel(now=True)
      print(json.dumps(cells))
      """;

  @TempDir Path folder;

  private record Cell(String status, String error, String shown, double seconds) {}

  @Test
  void anInterruptedEmbedStopsAndTheNextCellRuns() throws IOException {
    Path nothing = Lab.notebook(folder.resolve("nothing.ipynb"), "1 + 1");
    var lab = Lab.ofThisCheckout();
    var ready =
        lab.call(Map.of(), "run", nothing.toString(), "--out", folder.resolve("out").toString());
    assertEquals(0, ready.exitCode(), ready.output());

    Path script = Files.writeString(folder.resolve("session.py"), SESSION);
    Path python = lab.checkout().resolve("environment/.venv/bin/python");
    var outcome =
        Repository.run(
            lab.checkout(),
            Map.of("JUPYTER_PREFER_ENV_PATH", "1"),
            Duration.ofMinutes(5),
            List.of(python.toString(), script.toString()));
    assertEquals(0, outcome.exitCode(), outcome.output());
    String json = outcome.output().strip().lines().reduce((before, line) -> line).orElseThrow();
    var cells =
        JsonParser.parseString(json).getAsJsonArray().asList().stream()
            .map(cell -> new com.google.gson.Gson().fromJson(cell, Cell.class))
            .toList();
    assertEquals("ok", cells.get(0).status(), json);
    assertEquals("error", cells.get(1).status(), json);
    assertTrue(cells.get(1).error().contains("interrupted"), json);
    assertTrue(cells.get(1).seconds() >= 0 && cells.get(1).seconds() < 10, json);
    assertTrue(cells.get(2).shown().matches("embed interrupted after .* of 1,600 images"), json);
    assertEquals("0", cells.get(3).shown(), json);
    assertEquals("4", cells.get(4).shown(), json);
  }
}
