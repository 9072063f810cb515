package org.omnirad.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The checkout that the tests run in, and programs started in it. */
public final class Repository {

  /** The root folder of the checkout. */
  public static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private Repository() {}

  /** What a program printed, standard error included, and its exit code. */
  public record Outcome(int exitCode, String output) {}

  /** Runs a program to its end; it is killed where it takes longer than {@code limit}. */
  public static Outcome run(
      Path folder, Map<String, String> environment, Duration limit, List<String> command) {
    try {
      Path output = Files.createTempFile("omnirad", ".out");
      try {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
        }
        String text = Files.readString(output, StandardCharsets.UTF_8);
        return new Outcome(ended ? process.exitValue() : -1, ended ? text : text + "\n(killed)");
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
