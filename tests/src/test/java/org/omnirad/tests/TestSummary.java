package org.omnirad.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Prints, after all tests of all modules, the ten slowest and every skipped one by name. Arguments:
 * when the build started, as in {@code 2026-01-31T12:00:00Z}, and the folders with the reports;
 * older reports, of tests that are gone, do not count.
 */
final class TestSummary {

  private static final int SLOWEST = 10;

  private record Case(String name, double seconds, String skipped) {}

  private TestSummary() {}

  public static void main(String[] args)
      throws IOException, ParserConfigurationException, SAXException {
    var cases = new ArrayList<Case>();
    Instant started = Instant.parse(args[0]);
    List<String> folders = List.of(args).subList(1, args.length);
    for (String folder : folders) {
      try (var reports = Files.newDirectoryStream(Path.of(folder), "TEST-*.xml")) {
        for (Path report : reports) {
          if (!Files.getLastModifiedTime(report).toInstant().isBefore(started)) {
            cases.addAll(read(report));
          }
        }
      }
    }
    if (cases.isEmpty()) {
      throw new IllegalStateException("no test reports of this build in " + folders);
    }
    System.out.printf(Locale.ROOT, "%d tests. The slowest:%n", cases.size());
    cases.stream()
        .sorted(Comparator.comparingDouble(Case::seconds).reversed())
        .limit(SLOWEST)
        .forEach(c -> System.out.printf(Locale.ROOT, "%8.1f s  %s%n", c.seconds(), c.name()));
    List<Case> skipped = cases.stream().filter(c -> c.skipped() != null).toList();
    System.out.printf(Locale.ROOT, "Skipped: %d%n", skipped.size());
    skipped.forEach(c -> System.out.printf(Locale.ROOT, "  %s: %s%n", c.name(), c.skipped()));
  }

  private static List<Case> read(Path report)
      throws IOException, ParserConfigurationException, SAXException {
    NodeList nodes =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getElementsByTagName("testcase");
    var cases = new ArrayList<Case>();
    for (int i = 0; i < nodes.getLength(); i++) {
      var node = (Element) nodes.item(i);
      NodeList skipped = node.getElementsByTagName("skipped");
      String type = node.getAttribute("classname");
      cases.add(
          new Case(
              type.substring(type.lastIndexOf('.') + 1) + "." + node.getAttribute("name"),
              Double.parseDouble(node.getAttribute("time").replace(",", "")),
              skipped.getLength() == 0
                  ? null
                  : ((Element) skipped.item(0)).getAttribute("message")));
    }
    return cases;
  }
}
