package org.omnirad.tests.lab;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.omnirad.tests.Repository;
import org.omnirad.tests.Repository.Outcome;

/** The command {@code lab.py} of a checkout, as a person types it. */
record Lab(Path checkout) {

  static final String CPU_ENGINE = "pytorch-native-cpu-2.7.1-linux-x86_64.jar";

  private static final String JDK = System.getProperty("java.home");

  /** The interpreter itself, which needs no search path to start. */
  private static final String PYTHON = findPython();

  /** The script's own files beside nothing else: what it makes there is the test's. */
  static Lab copiedTo(Path folder) throws IOException {
    Path environment = Files.createDirectories(folder.resolve("environment"));
    for (String name : List.of("lab.py", "execute.py", "requirements.txt", "constraints.txt")) {
      Path source = Repository.ROOT.resolve("environment").resolve(name);
      Files.copy(source, environment.resolve(name));
    }
    Files.createDirectories(folder.resolve("notebooks"));
    return new Lab(folder);
  }

  /** Empty files where the built library is expected; returns its jar. */
  Path withBuiltLibrary() throws IOException {
    Path library = checkout.resolve("omnirad-lib");
    Files.createDirectories(library.resolve("target/lib"));
    Files.createDirectories(library.resolve("src/main/java"));
    Files.createFile(library.resolve("target/lib/" + CPU_ENGINE));
    return Files.createFile(library.resolve("target/omnirad-lib-0.1.0.jar"));
  }

  /** The lab of this checkout, with the kernel that people use. */
  static Lab ofThisCheckout() {
    return new Lab(Repository.ROOT);
  }

  Outcome call(Map<String, String> environment, String... arguments) {
    var all = new HashMap<>(Map.of("JAVA_HOME", JDK));
    all.putAll(environment);
    return Repository.run(checkout, all, Duration.ofMinutes(5), command(arguments));
  }

  /** What a few lines of Python print that use the script as a module. */
  String python(Map<String, String> environment, String lines) {
    var command = List.of(PYTHON, "-c", "import sys; sys.path.insert(0, 'environment')\n" + lines);
    var outcome = Repository.run(checkout, environment, Duration.ofMinutes(1), command);
    if (outcome.exitCode() != 0) {
      throw new AssertionError(outcome.output());
    }
    return outcome.output().strip();
  }

  /** Starts the command with signals as in a terminal, also where this JVM ignores some. */
  Process start(Path output, Map<String, String> environment, String... arguments)
      throws IOException {
    var command = new ArrayList<>(List.of(PYTHON, "-c"));
    command.add(
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
            + " os.execvp(sys.argv[1], sys.argv[1:])");
    command.addAll(command(arguments));
    var builder = new ProcessBuilder(command).directory(checkout.toFile());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", JDK);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private List<String> command(String... arguments) {
    var command = new ArrayList<>(List.of(PYTHON, "environment/lab.py"));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String findPython() {
    String name = File.separatorChar == '\\' ? "python" : "python3";
    var command = List.of(name, "-c", "import sys; print(sys.executable)");
    var outcome = Repository.run(Repository.ROOT, Map.of(), Duration.ofMinutes(1), command);
    return outcome.output().strip();
  }

  /** Writes a notebook of these code cells. */
  static Path notebook(Path file, String... cells) throws IOException {
    var list = new JsonArray();
    for (String source : cells) {
      var cell = new JsonObject();
      cell.addProperty("cell_type", "code");
      cell.addProperty("source", source);
      cell.add("metadata", new JsonObject());
      cell.add("outputs", new JsonArray());
      cell.add("execution_count", null);
      list.add(cell);
    }
    var notebook = new JsonObject();
    notebook.addProperty("nbformat", 4);
    notebook.addProperty("nbformat_minor", 4);
    notebook.add("metadata", new JsonObject());
    notebook.add("cells", list);
    return Files.writeString(file, notebook.toString());
  }
}
