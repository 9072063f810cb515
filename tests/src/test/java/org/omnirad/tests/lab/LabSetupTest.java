package org.omnirad.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the lab finds, builds and writes. */
class LabSetupTest {

  private static final Map<String, String> CPU = Map.of("OMNIRAD_GPU", "");
  private static final Map<String, String> GPU = Map.of("OMNIRAD_GPU", "1");

  @TempDir Path folder;
  private Lab lab;
  private Path jar;

  @BeforeEach
  void copyTheLab() throws IOException {
    lab = Lab.copiedTo(folder.resolve("checkout"));
    jar = lab.withBuiltLibrary();
    Path jjava = lab.checkout().resolve("environment/.venv/share/jupyter/kernels/java");
    Files.createFile(Files.createDirectories(jjava).resolve("jjava.jar"));
  }

  @Test
  void theKernelIsOneJvmOfTheFoundJdkWithTheLibraryOnItsClassPath() throws IOException {
    JsonObject spec = install(lab, 25);
    assertEquals("OmniRad (Java)", spec.get("display_name").getAsString());
    assertEquals("message", spec.get("interrupt_mode").getAsString());
    var argv = spec.getAsJsonArray("argv").asList().stream().map(e -> e.getAsString()).toList();
    assertTrue(Path.of(argv.get(0)).startsWith("/jdk"), argv::toString);
    assertEquals("{connection_file}", argv.get(argv.size() - 1));
    var classPath = List.of(argv.get(argv.indexOf("-cp") + 1).split(File.pathSeparator));
    assertTrue(classPath.get(0).endsWith("jjava.jar"), classPath::toString);
    assertEquals(jar.toRealPath().toString(), classPath.get(1));
    assertTrue(classPath.get(2).endsWith(Path.of("target", "lib", "*").toString()));
    assertTrue(argv.contains("-Dai.djl.offline=true"), argv::toString);
    assertTrue(argv.contains("--enable-native-access=ALL-UNNAMED"), argv::toString);
  }

  @Test
  void aJdkOf21GetsNoOptionThatItDoesNotKnow() throws IOException {
    String option = "sun-misc-unsafe-memory-access";
    assertFalse(install(lab, 21).toString().contains(option));
    assertTrue(install(lab, 25).toString().contains(option));
  }

  @Test
  void theKernelFollowsAMovedCheckout() throws IOException {
    String before = install(lab, 25).toString();
    Path moved = Files.move(lab.checkout(), folder.resolve("moved"));
    String after = install(new Lab(moved), 25).toString();
    assertTrue(before.contains("checkout"), before);
    assertFalse(after.contains("checkout"), after);
  }

  @Test
  void theNewestJdkOfTheUsualFoldersIsTakenButJavaHomeComesFirst() throws IOException {
    Path jdks = folder.resolve("jdks");
    Path oldest = LabErrorsTest.fakeJdk(jdks.resolve("a"), "1.8.0_400");
    Path chosen = LabErrorsTest.fakeJdk(jdks.resolve("b"), "21.0.2");
    Path newest = LabErrorsTest.fakeJdk(jdks.resolve("c"), "25");
    LabErrorsTest.fakeJdk(jdks.resolve("d"), "17.0.15");
    String folders = jdks.resolve("*").toString();
    assertEquals(newest + " 25", foundJdk("", folders));
    assertEquals(newest + " 25", foundJdk(oldest.toString(), folders));
    assertEquals(chosen + " 21", foundJdk(chosen.toString(), folders));
  }

  @Test
  void theLibraryIsBuiltWhenMissingOrOlderThanItsSources() throws IOException {
    assertEquals("True", fresh(CPU));
    Path source = lab.checkout().resolve("omnirad-lib/src/main/java/New.java");
    Files.createFile(source);
    setTime(source, 60);
    assertEquals("False", fresh(CPU));
    setTime(jar, 120);
    assertEquals("True", fresh(CPU));
    Files.delete(source);
    setTime(source.getParent(), 180);
    assertEquals("False", fresh(CPU));
    setTime(jar, 240);
    assertEquals("True", fresh(CPU));
    Files.delete(jar);
    assertEquals("False", fresh(CPU));
  }

  @Test
  void theLibraryIsBuiltAnewForAnotherProcessor() throws IOException {
    assertEquals("False", fresh(GPU));
    assertEquals("True", fresh(Map.of("OMNIRAD_GPU", "0")));
    Files.delete(lab.checkout().resolve("omnirad-lib/target/lib/" + Lab.CPU_ENGINE));
    assertEquals("True", fresh(GPU));
    assertEquals("False", fresh(CPU));
  }

  @Test
  void onAGpuTheEngineMayFetchItsLibrary() throws IOException {
    String offline = "-Dai.djl.offline=true";
    assertTrue(install(lab, 25, CPU).toString().contains(offline));
    assertFalse(install(lab, 25, GPU).toString().contains(offline));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onAGpuTheBuildLeavesTheCpuEngineOut() throws IOException {
    Path maven = lab.checkout().resolve("mvnw");
    Files.writeString(maven, "#!/bin/sh\necho called with \"$@\"\n");
    assertTrue(maven.toFile().setExecutable(true));
    String build = "import lab, pathlib; lab.build_library(pathlib.Path('/jdk'), 25)";
    assertTrue(lab.python(GPU, build).endsWith(" package -Dgpu"));
    Files.delete(jar);
    assertTrue(lab.python(CPU, build).endsWith(" package"));
  }

  @Test
  void theEnvironmentIsRemadeWhenItsRequirementsChange() throws IOException {
    String stamp = lab.python(Map.of(), "import lab; print(lab.requirements_stamp())");
    Path requirements = lab.checkout().resolve("environment/requirements.txt");
    Files.writeString(requirements, Files.readString(requirements).replace("4.6.6", "4.6.7"));
    String changed = lab.python(Map.of(), "import lab; print(lab.requirements_stamp())");
    assertFalse(stamp.equals(changed), stamp);
  }

  @Test
  void getListsTheCatalogueAndPassesOnItsExitCode() {
    var list = Lab.ofThisCheckout().call(Map.of(), "get");
    assertEquals(0, list.exitCode(), list.output());
    assertTrue(list.output().contains("breastmnist"), list.output());
    var unknown = Lab.ofThisCheckout().call(Map.of(), "get", "nosuch");
    assertEquals(1, unknown.exitCode(), unknown.output());
    assertTrue(unknown.output().contains("'nosuch'"), unknown.output());
  }

  private JsonObject install(Lab where, int version) throws IOException {
    return install(where, version, CPU);
  }

  private JsonObject install(Lab where, int version, Map<String, String> environment)
      throws IOException {
    where.python(
        environment,
        "import lab, pathlib; lab.install_kernel(pathlib.Path('/jdk'), %d)".formatted(version));
    Path spec = Path.of("environment/.venv/share/jupyter/kernels/omnirad-java/kernel.json");
    String text = Files.readString(where.checkout().resolve(spec));
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private String foundJdk(String javaHome, String folders) {
    var environment = Map.of("JAVA_HOME", javaHome, "PATH", "", "OMNIRAD_JDK_FOLDERS", folders);
    return lab.python(environment, "import lab; print('%s %d' % lab.find_jdk())");
  }

  private static void setTime(Path file, int secondsFromNow) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(secondsFromNow)));
  }

  private String fresh(Map<String, String> environment) {
    return lab.python(environment, "import lab; print(lab.library_is_fresh())");
  }
}
