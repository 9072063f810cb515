package org.omnirad.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.tests.Repository.Outcome;

/**
 * What can be missing on a machine: each time one message that says what to do, and exit code 2.
 */
class LabErrorsTest {

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void copyTheLab() throws IOException {
    lab = Lab.copiedTo(folder.resolve("checkout"));
    Lab.notebook(lab.checkout().resolve("notebooks/one.ipynb"), "1 + 1");
  }

  @Test
  void noJdk() throws IOException {
    Path old = fakeJdk(folder.resolve("jdks/old"), "17.0.15");
    var environment = Map.of("JAVA_HOME", "", "PATH", "", "OMNIRAD_JDK_FOLDERS", old.toString());
    var outcome = lab.call(environment, "run", "one");
    assertTold(outcome, "No JDK 21 or newer found", "JDK 17 in " + old, "set JAVA_HOME");
  }

  @Test
  void unknownNotebook() {
    var outcome = lab.call(Map.of(), "run", "two");
    assertTold(outcome, "no notebook 'two'", "one");
  }

  @Test
  void noNotebookNamed() {
    assertTold(lab.call(Map.of(), "run"), "Name the notebooks", "one");
  }

  @Test
  void takenPort() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      var outcome = lab.call(Map.of(), "--no-browser", "--port", port);
      assertTold(outcome, "Port " + port + " on localhost is taken", "choose another port");
    }
  }

  @Test
  void portThatIsNone() {
    var outcome = lab.call(Map.of(), "--port", "99999");
    assertEquals(2, outcome.exitCode(), outcome.output());
    assertTrue(outcome.output().contains("a port is 1 to 65535, found 99999"), outcome.output());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void failedBuild() throws IOException {
    Path maven = lab.checkout().resolve("mvnw");
    Files.writeString(maven, "#!/bin/sh\necho Could not transfer artifact\nexit 3\n");
    assertTrue(maven.toFile().setExecutable(true));
    var outcome = lab.call(Map.of(), "run", "one");
    assertTold(outcome, "Could not transfer artifact", "Maven build failed (3)", "the network");
    assertFalse(Files.exists(lab.checkout().resolve("environment/.venv")));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void noVenvModule() throws IOException {
    lab.withBuiltLibrary();
    Path modules = Files.createDirectories(folder.resolve("modules"));
    Files.writeString(
        modules.resolve("venv.py"), "import sys; sys.exit('ensurepip is not available')");
    var outcome = lab.call(Map.of("PYTHONPATH", modules.toString()), "run", "one");
    assertTold(outcome, "ensurepip is not available", "apt install python3-venv");
    assertFalse(Files.exists(lab.checkout().resolve("environment/.venv")));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void noNetworkForPip() throws IOException {
    lab.withBuiltLibrary();
    var noNetwork =
        Map.of(
            "PIP_CONFIG_FILE", "/dev/null",
            "PIP_INDEX_URL", "http://127.0.0.1:9/simple",
            "PIP_FIND_LINKS", folder.toString(),
            "PIP_RETRIES", "0");
    var outcome = lab.call(noNetwork, "run", "one");
    assertTold(outcome, "pip could not install", "Check the network", "PIP_INDEX_URL");
    Path venv = lab.checkout().resolve("environment/.venv");
    assertFalse(Files.exists(venv.resolve("omnirad-requirements.sha256")), "it is tried again");
    lab.python(Map.of(), "import shutil; shutil.rmtree('environment/.venv')");
  }

  @Test
  void folderThatCannotBeWritten() throws IOException {
    Files.createFile(lab.checkout().resolve("environment/.state"));
    var outcome = lab.call(Map.of(), "run", "one");
    assertTold(outcome, ".state", "this folder may be written");
  }

  private static void assertTold(Outcome outcome, String... parts) {
    assertEquals(2, outcome.exitCode(), outcome.output());
    for (String part : parts) {
      assertTrue(outcome.output().contains(part), part + " is not in:\n" + outcome.output());
    }
    assertFalse(outcome.output().contains("Traceback"), outcome.output());
  }

  static Path fakeJdk(Path home, String version) throws IOException {
    Files.createDirectories(home.resolve("bin"));
    Files.createFile(home.resolve("bin/javac"));
    Files.createFile(home.resolve("bin/javac.exe"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }
}
