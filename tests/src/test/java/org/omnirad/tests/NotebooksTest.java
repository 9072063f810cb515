package org.omnirad.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every notebook and every solution runs from the first to the last cell in the smoke budget and
 * shows what is stored as expected, and each of its checks fails on a changed number; {@code
 * tests/notebooks/check.py} does the work and renews what is expected.
 */
class NotebooksTest {

  private static final Path NOTEBOOKS = Repository.ROOT.resolve("notebooks");
  private static final Path HARNESS = Repository.ROOT.resolve("tests/notebooks");
  private static final Path EXPECTED_OF_REAL_FILES = HARNESS.resolve("expected/real");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TestFactory
  Stream<DynamicTest> onEmbeddedData() throws IOException {
    List<String> names = names(NOTEBOOKS, ".ipynb");
    assertFalse(names.isEmpty(), "no notebook in " + NOTEBOOKS);
    return names.stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
  }

  @TestFactory
  Stream<DynamicTest> onRealFiles() throws IOException {
    String data = System.getenv("OMNIRAD_DATA");
    return names(EXPECTED_OF_REAL_FILES, ".json").stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name + " on real files",
                    () -> {
                      assumeTrue(data != null, "OMNIRAD_DATA is not set");
                      check(name, "--data", data);
                    }));
  }

  @Test
  void theHarnessFindsDifferences() {
    python(List.of("-m", "unittest", "discover", "-s", HARNESS.toString()));
  }

  private static List<String> names(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.endsWith(ending) && !name.contains(".ipynb_checkpoints"))
          .map(name -> name.substring(0, name.length() - ending.length()))
          .sorted()
          .toList();
    }
  }

  private static void check(String name, String... options) {
    var arguments = new ArrayList<>(List.of(HARNESS.resolve("check.py").toString(), name));
    arguments.addAll(List.of(options));
    python(arguments);
  }

  private static void python(List<String> arguments) {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    var command = new ArrayList<>(List.of(windows ? "python" : "python3", "-B"));
    command.addAll(arguments);
    var environment = Map.of("JAVA_HOME", System.getProperty("java.home"));
    var outcome = Repository.run(Repository.ROOT, environment, LIMIT, command);
    assertEquals(0, outcome.exitCode(), String.join(" ", command) + "\n" + outcome.output());
  }
}
