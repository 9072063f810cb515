package org.omnirad.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library, installed by {@code ./mvnw install}, serves a Maven project of its own elsewhere.
 */
class OutsideProjectTest {

  private static final String JAVA_HOME = System.getProperty("java.home");
  private static final Set<String> SOURCES =
      Set.of(".mvn", "datasets", "mvnw", "omnirad-lib", "pom.xml", "tests");

  @TempDir Path folder;

  @Test
  void anOutsideProjectBuildsAndRuns() throws IOException {
    Path checkout = folder.resolve("checkout");
    for (String name : SOURCES) {
      copy(Repository.ROOT.resolve(name), checkout.resolve(name));
    }
    maven(checkout, "-DskipTests", "install");

    Path project = folder.resolve("project");
    copy(Path.of("src/test/resources/outside-project"), project);
    copy(Repository.ROOT.resolve(".mvn"), project.resolve(".mvn"));
    copy(Repository.ROOT.resolve("mvnw"), project.resolve("mvnw"));
    assertTrue(Files.readAllLines(project.resolve("pom.xml")).size() <= 20);
    String output =
        maven(
            project,
            "compile",
            "org.codehaus.mojo:exec-maven-plugin:3.5.1:exec",
            "-Dexec.executable=" + Path.of(JAVA_HOME, "bin", "java"),
            "-Dexec.args=-Domnirad.progress=off -cp %classpath Main");
    assertTrue(output.contains("20 x 192"), output);
  }

  // Artifacts go to a repository of the test; what is already in the user's is taken from there.
  private String maven(Path project, String... arguments) {
    var command = new ArrayList<>(List.of("sh", "./mvnw", "-q", "-B", "-ntp"));
    command.add("-Dmaven.repo.local=" + folder.resolve("repository"));
    command.add("-Dmaven.repo.local.tail=" + System.getProperty("omnirad.maven.repository"));
    command.add("-Dmaven.repo.local.tail.ignoreAvailability=true");
    command.addAll(List.of(arguments));
    var outcome =
        Repository.run(project, Map.of("JAVA_HOME", JAVA_HOME), Duration.ofMinutes(5), command);
    assertEquals(0, outcome.exitCode(), outcome.output());
    return outcome.output();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            if (dir.getFileName().toString().equals("target")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(dir).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.toAbsolutePath().getParent());
            Files.copy(file, to.resolve(from.relativize(file).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
