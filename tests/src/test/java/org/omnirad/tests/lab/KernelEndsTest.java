package org.omnirad.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** However a run or JupyterLab ends, no kernel is left. */
@DisabledOnOs(OS.WINDOWS)
class KernelEndsTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String TOKEN = "test";

  @TempDir Path folder;
  private Process lab;
  private List<ProcessHandle> kernels = List.of();

  @AfterEach
  void endWhatIsLeft() {
    kernels.forEach(ProcessHandle::destroyForcibly);
    if (lab != null) {
      lab.destroyForcibly();
    }
  }

  @Test
  void anInterruptedRun() throws Exception {
    startEndlessRun();
    signal("INT");
    assertTrue(lab.waitFor(30, TimeUnit.SECONDS), this::output);
    assertEquals(130, lab.exitValue(), this::output);
    assertNoKernelIsLeft();
    assertFalse(output().contains("Traceback"), output());
  }

  @Test
  void aKilledRun() throws Exception {
    startEndlessRun();
    signal("KILL");
    assertNoKernelIsLeft();
  }

  @Test
  void aRunThatHangs() throws Exception {
    startEndlessRun("--time-limit", "15");
    assertTrue(lab.waitFor(60, TimeUnit.SECONDS), this::output);
    assertEquals(1, lab.exitValue(), this::output);
    assertTrue(output().contains("while (true)"), output());
    assertTrue(output().contains("Not finished after 15 s."), output());
    assertNoKernelIsLeft();
  }

  @Test
  void anInterruptedJupyterLab() throws Exception {
    int port = freePort();
    lab =
        Lab.ofThisCheckout()
            .start(
                folder.resolve("lab.out"),
                Map.of("JUPYTER_TOKEN", TOKEN),
                "--no-browser",
                "--port",
                String.valueOf(port));
    String api = "http://localhost:%d/api/".formatted(port);
    await(() -> answers(api + "kernelspecs"));
    String specs = send(HttpRequest.newBuilder(URI.create(api + "kernelspecs")));
    assertTrue(specs.contains("OmniRad (Java)") && !specs.contains("python3"), specs);
    send(
        HttpRequest.newBuilder(URI.create(api + "kernels"))
            .POST(BodyPublishers.ofString("{\"name\": \"omnirad-java\"}")));
    awaitKernel();
    signal("INT");
    assertTrue(lab.waitFor(30, TimeUnit.SECONDS), this::output);
    assertNoKernelIsLeft();
  }

  @Test
  void onlyThisMachineIsLetInAndTheTokenIsOnNoCommandLine() {
    var command =
        Lab.ofThisCheckout().python(Map.of(), "import lab; print(lab.lab_command(lab.parse([])))");
    assertTrue(command.contains("--ServerApp.ip=localhost"), command);
    assertFalse(command.contains("token"), command);
  }

  private void startEndlessRun(String... options) throws Exception {
    Path started = folder.resolve("started");
    Path notebook =
        Lab.notebook(
            folder.resolve("endless.ipynb"),
            "java.nio.file.Files.createFile(java.nio.file.Path.of(\""
                + started
                + "\"));\n"
                + "while (true) { }");
    var arguments = new java.util.ArrayList<>(List.of("run", notebook.toString()));
    arguments.addAll(List.of("--out", folder.resolve("out").toString()));
    arguments.addAll(List.of(options));
    lab =
        Lab.ofThisCheckout()
            .start(folder.resolve("lab.out"), Map.of(), arguments.toArray(String[]::new));
    await(() -> Files.exists(started));
    awaitKernel();
  }

  private void awaitKernel() throws Exception {
    await(
        () -> {
          kernels = lab.descendants().filter(KernelEndsTest::isJava).toList();
          return !kernels.isEmpty();
        });
  }

  private static boolean isJava(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("java");
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(lab.pid())).start().waitFor();
  }

  private void assertNoKernelIsLeft() throws Exception {
    assertEquals(1, kernels.size());
    var kernel = kernels.get(0);
    kernel.onExit().get(20, TimeUnit.SECONDS);
    assertFalse(kernel.isAlive());
  }

  private void await(BooleanSupplier condition) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertTrue(lab.isAlive(), this::output);
      assertTrue(Instant.now().isBefore(end), this::output);
      Thread.sleep(50);
    }
  }

  private static boolean answers(String address) {
    try {
      send(HttpRequest.newBuilder(URI.create(address)));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String send(HttpRequest.Builder request) throws IOException {
    try (var client = HttpClient.newHttpClient()) {
      request.header("Authorization", "token " + TOKEN);
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      assertTrue(response.statusCode() < 300, response::body);
      return response.body();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String output() {
    try {
      return Files.readString(folder.resolve("lab.out"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
