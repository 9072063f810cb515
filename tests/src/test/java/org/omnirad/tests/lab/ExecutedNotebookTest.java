package org.omnirad.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.tests.Repository.Outcome;

/** One notebook in the real kernel: what its cells show, and what is told of the one that fails. */
class ExecutedNotebookTest {

  @TempDir static Path folder;
  private static Outcome outcome;
  private static JsonObject executed;

  @BeforeAll
  static void execute() throws IOException {
    Path notebook =
        Lab.notebook(
            folder.resolve("comfort.ipynb"),
            "import java.util.*; import org.knowm.xchart.*; import org.omnirad.data.RgbImage;"
                + " import org.omnirad.report.*; import org.omnirad.run.*;"
                + " import tech.tablesaw.api.*;",
            "Table.create(\"t\", IntColumn.create(\"x\", 1, 2))",
            "var chart = new XYChartBuilder().width(200).height(100).build();\n"
                + "chart.addSeries(\"s\", new double[] {1, 2}, new double[] {1, 2});\nchart",
            "RgbImage.ofGrey(8, 8, new byte[64])",
            "record Score(String title, List<String> columns, List<List<Object>> rows,"
                + " RunRecord record) implements Report {}\n"
                + "new Score(\"score\", List.of(\"n\"), List.of(List.of(7)), RunRecord.ofMachine())",
            "try (var progress = Progress.of(\"count\", \"steps\", 20)) {\n"
                + "  for (int i = 0; i < 20; i++) { Thread.sleep(50); progress.step(1); }\n}",
            "System.getenv(\"OMNIRAD_BUDGET\") + \" × \" + new java.io.File(\"\").getAbsolutePath()",
            "System.out.printf(\"%d x %d%n\", 2, 3); display(\"between\");"
                + " System.out.println(\"last\");",
            "org.omnirad.OmniRad.versions()",
            "throw new InputException(\"scan.npz: slice 7 is missing.\", \"Add it.\");",
            "\"never\"");
    var environment = Map.of("OMNIRAD_BUDGET", "smoke");
    String out = folder.resolve("out").toString();
    outcome = Lab.ofThisCheckout().call(environment, "run", notebook.toString(), "--out", out);
    Path result = folder.resolve("out/comfort.ipynb");
    executed = JsonParser.parseString(Files.readString(result)).getAsJsonObject();
  }

  @Test
  void theFailingCellIsToldWithItsSourceAndError() {
    assertEquals(1, outcome.exitCode(), outcome.output());
    assertTrue(outcome.output().contains("throw new InputException("), outcome.output());
    assertTrue(
        outcome.output().contains("InputException: scan.npz: slice 7 is missing"),
        outcome.output());
    assertFalse(outcome.output().contains("Traceback"), outcome.output());
  }

  @Test
  void whatWasExecutedIsWritten() throws IOException {
    assertEquals("error", output(9).get("output_type").getAsString());
    assertTrue(cell(10).getAsJsonArray("outputs").isEmpty(), "nothing runs after a failure");
    String page = Files.readString(folder.resolve("out/comfort.html"));
    assertTrue(page.contains("slice 7 is missing"));
  }

  @Test
  void tablesAndReportsAreHtml() {
    assertEquals(Set.of("text/html", "text/plain"), types(1));
    assertEquals(Set.of("text/html", "text/plain"), types(4));
    assertTrue(data(4, "text/html").contains("<details>"));
  }

  @Test
  void chartsAndImagesArePng() {
    assertEquals(Set.of("image/png", "text/plain"), types(2));
    assertEquals("XYChart 200 x 100", data(2, "text/plain"));
    assertEquals(Set.of("image/png", "text/plain"), types(3));
  }

  @Test
  void progressIsOneMarkedOutputInItsLastState() {
    assertEquals(1, cell(5).getAsJsonArray("outputs").size());
    assertTrue(data(5, "text/plain").startsWith("count: 20/20 steps"), data(5, "text/plain"));
    assertTrue(output(5).getAsJsonObject("metadata").get("omnirad.progress").getAsBoolean());
  }

  @Test
  void theKernelSeesTheEnvironmentAndRunsWhereTheNotebooksAre() {
    Path notebooks = Lab.ofThisCheckout().checkout().resolve("notebooks");
    assertEquals("smoke × " + notebooks, data(6, "text/plain"));
  }

  @Test
  void printedPiecesAreOneOutputAndKeepTheirPlace() {
    var outputs = cell(7).getAsJsonArray("outputs");
    assertEquals(3, outputs.size(), outputs::toString);
    assertEquals("[\"2 x 3\\n\"]", output(7).get("text").toString());
    assertEquals("[\"last\\n\"]", outputs.get(2).getAsJsonObject().get("text").toString());
  }

  @Test
  void versionsNameTheEngineAndTheKernel() {
    String facts = data(8, "text/plain");
    assertTrue(facts.contains("DJL 0.") && facts.contains("libtorch 2."), facts);
    assertTrue(facts.contains("JJava 1."), facts);
  }

  private static Set<String> types(int index) {
    return output(index).getAsJsonObject("data").keySet();
  }

  private static String data(int index, String type) {
    var text = new StringBuilder();
    for (JsonElement line : output(index).getAsJsonObject("data").getAsJsonArray(type)) {
      text.append(line.getAsString());
    }
    return text.toString();
  }

  private static JsonObject output(int index) {
    return cell(index).getAsJsonArray("outputs").get(0).getAsJsonObject();
  }

  private static JsonObject cell(int index) {
    return executed.getAsJsonArray("cells").get(index).getAsJsonObject();
  }
}
