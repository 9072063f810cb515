package org.omnirad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

class RunFolderTest {

  record Inner(double rate, int steps) {}

  record Config(Inner inner, String name) {}

  @TempDir Path folder;

  private RunFolder open(double rate, int steps, String data, String version) {
    return RunFolder.open(
        folder.resolve("run"),
        new Config(new Inner(rate, steps), "a"),
        new RunRecord(Map.of("data.md5", data)),
        new RunRecord(Map.of("omnirad", version)));
  }

  private String refusal(double rate, int steps, String data) {
    return assertThrows(InputException.class, () -> open(rate, steps, data, "1")).getMessage();
  }

  @Test
  void startsAndGoesOn() throws IOException {
    try (RunFolder run = open(0.1, 2, "x", "1")) {
      run.log("hello");
      run.logOnce("hello");
    }
    try (RunFolder run = open(0.1, 2, "x", "2")) {
      run.logOnce("hello");
      run.logOnce("once");
    }
    List<String> log = Files.readAllLines(folder.resolve("run/run.log"));
    assertEquals(2, log.size());
    assertTrue(log.get(0).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ hello"), log.get(0));
    assertTrue(log.get(1).endsWith("Z once"));
    String record = Files.readString(folder.resolve("run/run.json"));
    assertTrue(record.contains("\"omnirad\": \"1\""), "facts of the start are kept: " + record);
    assertTrue(record.contains("\"data.md5\": \"x\""), record);
    assertTrue(Files.readString(folder.resolve("run/config.json")).contains("\"rate\": 0.1"));
  }

  @Test
  void anotherConfigIsRefusedWithItsDifferences() {
    open(0.1, 2, "x", "1").close();
    String one = refusal(0.2, 2, "x");
    assertTrue(
        one.contains(
            "config.json: this training is another one: inner.rate is 0.1 there and 0.2 now."),
        one);
    String two = refusal(0.2, 3, "x");
    assertTrue(two.contains("and so differ inner.rate, inner.steps"), two);
    open(0.1, 2, "x", "1").close();
  }

  @Test
  void otherDataAreRefused() {
    open(0.1, 2, "x", "1").close();
    String message = refusal(0.1, 2, "y");
    assertTrue(
        message.contains("run.json: this training is another one: data.md5 is x there and y now."),
        message);
    assertTrue(message.contains("another folder to start anew"), message);
  }

  @Test
  void aFactThatIsNotThereAnyMoreIsADifference() {
    var config = new Config(new Inner(0.1, 2), "a");
    var machine = new RunRecord(Map.of("omnirad", "1"));
    var some = new RunRecord(Map.of("data.md5", "x")).with("data.first", 100);
    RunFolder.open(folder.resolve("run"), config, some, machine).close();
    String message = refusal(0.1, 2, "x");
    assertTrue(message.contains("data.first is 100 there and absent now"), message);
  }

  @Test
  void anEmptyFolderIsTakenAndOneWithSomethingElseIsNot() throws IOException {
    Files.createDirectories(folder.resolve("run"));
    open(0.1, 2, "x", "1").close();
    Files.delete(folder.resolve("run/config.json"));
    Files.delete(folder.resolve("run/run.json"));
    Files.writeString(folder.resolve("run/thesis.tex"), "mine");
    String message = refusal(0.1, 2, "x");
    assertTrue(message.contains("it holds thesis.tex, but no training"), message);
    assertEquals("mine", Files.readString(folder.resolve("run/thesis.tex")));
  }

  @Test
  void aStartThatWasKilledBetweenItsFilesStartsAgain() throws IOException {
    open(0.1, 2, "x", "1").close();
    Files.delete(folder.resolve("run/config.json"));
    open(0.3, 2, "x", "1").close();
    assertTrue(refusal(0.1, 2, "x").contains("inner.rate is 0.3 there"));
  }

  @Test
  void aFolderIsHeldByOneTraining() {
    try (RunFolder run = open(0.1, 2, "x", "1")) {
      String message = refusal(0.1, 2, "x");
      assertTrue(
          message.startsWith(folder.resolve("run") + ": another training is running here."),
          message);
    }
    refusal(0.2, 2, "x");
    open(0.1, 2, "x", "1").close();
  }

  @Test
  void aDamagedConfigIsRefused() throws IOException {
    open(0.1, 2, "x", "1").close();
    Files.writeString(folder.resolve("run/config.json"), "{\"inner\": ");
    assertTrue(refusal(0.1, 2, "x").contains("config.json: not JSON"));
  }
}
