package org.omnirad.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.MaskMeasure;
import org.omnirad.metric.MaskProtocol;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

class SegmentationReportTest {

  private static final RunRecord RECORD = new RunRecord(Map.of("data.name", "phantom"));
  private static final List<String> LESION = List.of("background", "lesion");

  // Of 2 x 2 pixels; the Dice is 2/3, none, 1 and 0.
  private static SegmentationReport report() {
    return SegmentationReport.builder("U-Net", LESION)
        .add("half", 2, 2, mask(1, 0, 0, 1), mask(1, 0, 0, 0))
        .add("healthy", 2, 2, mask(0, 0, 0, 0), mask(0, 0, 0, 0))
        .add("right", 2, 2, mask(0, 1, 0, 0), mask(0, 1, 0, 0))
        .add("missed", 2, 2, mask(0, 1, 0, 0), mask(0, 0, 0, 0))
        .build(RECORD);
  }

  @Test
  void offersItsMeasuresAsRows() {
    SegmentationReport report = report();
    assertEquals(List.of("measure", "value", "low", "high"), report.columns());
    assertEquals(
        List.of("Dice", "IoU", "precision", "recall", "specificity", "Hausdorff 95 (px)"),
        report.rows().stream().map(List::getFirst).toList());
    assertEquals(5. / 9, report.score(MaskMeasure.DICE).point(), 1e-15);
    assertEquals(report.score(MaskMeasure.DICE).point(), report.rows().get(0).get(1));
    assertEquals(report.score(MaskMeasure.DICE).high(), report.rows().get(0).get(3));
    assertEquals("phantom", report.record().entries().get("data.name"));
    assertEquals("1000", report.record().entries().get("bootstrap.resamples"));
    assertEquals(
        "mean over images, as MedSegBench", report.record().entries().get("score.protocol"));
  }

  @Test
  void aPairedDifferenceIsOfTheSameImages() {
    SegmentationReport report = report();
    SegmentationReport.Builder perfect = SegmentationReport.builder("perfect", report.classNames());
    for (int i = 0; i < report.size(); i++) {
      byte[] mask = report.mask(i);
      perfect.add(report.id(i), report.width(i), report.height(i), mask, mask);
    }
    double expected = 0;
    for (int i = 0; i < report.size(); i++) {
      expected += (1 - report.dice(i)) / report.size();
    }
    var difference = perfect.build(RECORD).diceLess(report);
    assertEquals(expected, difference.point(), 1e-15);
    assertTrue(difference.low() <= expected && expected <= difference.high());
    assertEquals(0, report.diceLess(report).high());
    SegmentationReport other =
        SegmentationReport.builder("other", report.classNames())
            .add("another", 2, 2, mask(0, 1, 0, 0), mask(0, 1, 0, 0))
            .build(RECORD);
    assertThrows(InputException.class, () -> report.diceLess(other));
  }

  @Test
  void otherProtocolsScoreTheSameMasks() {
    SegmentationReport pooled = report().by(MaskProtocol.POOLED);
    assertEquals(MaskProtocol.POOLED, pooled.protocol());
    // 16 pixels: 12 of 12 background and 2 of 4 lesion, each missed pixel background too much.
    assertEquals((24. / 26 + 4. / 6) / 2, pooled.score(MaskMeasure.DICE).point(), 1e-15);
    assertEquals(5, pooled.rows().size());
    assertEquals(
        "mean over batches of 16, as OmniRad's script",
        pooled.record().entries().get("score.protocol"));
    String text =
        assertThrows(InputException.class, () -> pooled.score(MaskMeasure.HAUSDORFF_95))
            .getMessage();
    assertTrue(text.startsWith("U-Net: no Hausdorff 95 (px) as the mean over batches"), text);
  }

  @Test
  void offersARowForEachClass() {
    Report perClass = report().perClass();
    assertEquals("U-Net, by class", perClass.title());
    assertEquals(
        List.of(
            "class",
            "images",
            "Dice",
            "IoU",
            "precision",
            "recall",
            "specificity",
            "Hausdorff 95 (px)"),
        perClass.columns());
    List<Object> lesion = perClass.rows().get(1);
    assertEquals(List.of("lesion", 3), lesion.subList(0, 2));
    assertEquals(5. / 9, (double) lesion.get(2), 1e-15);
    assertEquals(1.0, lesion.get(4), "of the two images with a prediction");
    assertEquals(List.of("background", 4), perClass.rows().get(0).subList(0, 2));
  }

  @Test
  void offersARowForEachImage() {
    Report perImage = report().perImage();
    assertEquals(List.of("image", "class", "Dice"), perImage.columns().subList(0, 3));
    assertEquals(4, perImage.rows().size());
    assertEquals(List.of("half", "lesion", 2. / 3, 0.5, 1.0), perImage.rows().get(0).subList(0, 5));
    assertTrue(perImage.csv().contains("healthy,lesion,,,,,1.0,\n"), perImage.csv());
    assertTrue(perImage.csv().contains("missed,lesion,0.0,0.0,,0.0,1.0,2.8"), perImage.csv());
  }

  @Test
  void keepsTheMasksOfItsImages() {
    SegmentationReport report = report();
    assertEquals(4, report.size());
    assertArrayEquals(mask(1, 0, 0, 0), report.mask(0));
    assertEquals("missed", report.id(3));
    assertEquals(2, report.width(3));
    assertEquals(2, report.height(3));
    assertEquals(1, report.scores(0).get(1).falseNegatives());
  }

  @Test
  void imagesAreRankedByTheirDice() {
    SegmentationReport report = report();
    assertEquals(2. / 3, report.dice(0), 1e-15);
    assertEquals(1, report.dice(1));
    assertEquals(1, report.dice(2));
    assertEquals(0, report.dice(3));
    assertArrayEquals(new int[] {2, 0, 3}, report.byDice(), "without the healthy one");
    assertEquals(report.score(MaskMeasure.DICE), report.meanDice());
  }

  @Test
  void theDiceOfAnImageIsOfTheClassesItHas() {
    SegmentationReport report =
        SegmentationReport.builder("U-Net", List.of("background", "a", "b", "c"))
            .add("x", 2, 2, mask(0, 1, 2, 2), mask(0, 1, 2, 0))
            .build(RECORD, new Bootstrap(10, 0.9, 5));
    assertEquals((1 + 2. / 3) / 2, report.dice(0), 1e-15);
    assertEquals((1 + 2. / 3) / 2, report.meanDice().point(), 1e-15);
    assertEquals((2. / 3 + 1 + 2. / 3 + 1) / 4, report.score(MaskMeasure.DICE).point(), 1e-15);
    assertEquals("5", report.record().entries().get("bootstrap.seed"));
    List<Object> absent = report.perClass().rows().get(3);
    assertEquals(List.of("c", 0, Double.NaN), absent.subList(0, 3));
  }

  @Test
  void whatNoImageHasIsUndefined() {
    SegmentationReport report =
        SegmentationReport.builder("U-Net", LESION)
            .add("healthy", 1, 1, mask(0), mask(0))
            .build(RECORD);
    assertEquals(List.of("Dice", "undefined", "undefined", "undefined"), report.rows().get(0));
    assertEquals(0, report.byDice().length);
  }

  @Test
  void printsForAConsole() {
    var report =
        SegmentationReport.builder("U-Net", LESION)
            .add("right", 2, 2, mask(0, 1, 0, 0), mask(0, 1, 0, 0))
            .build(RECORD);
    assertEquals(
        """
        U-Net: 1 images, 2 classes, mean over images, as MedSegBench
          Dice               1.000 (95 % 1.000 to 1.000)
          IoU                1.000 (95 % 1.000 to 1.000)
          precision          1.000 (95 % 1.000 to 1.000)
          recall             1.000 (95 % 1.000 to 1.000)
          specificity        1.000 (95 % 1.000 to 1.000)
          Hausdorff 95 (px)  0.000 (95 % 0.000 to 0.000)""",
        report.toString().replace("\r", ""));
  }

  @Test
  void refusesWhatDoesNotFit() {
    var builder = SegmentationReport.builder("U-Net", LESION);
    refused(() -> builder.build(RECORD), "U-Net: no images");
    refused(
        () -> builder.add("a", 2, 2, mask(0, 0, 0, 0), mask(0, 0)),
        "U-Net: a: predicted has 2 pixels, not 2 x 2");
    refused(
        () -> builder.add("a", 2, 1, mask(0, 2), mask(0, 0)),
        "truth is 2 at column 1 of row 0; classes run from 0 to 1");
  }

  @Test
  void aSegmentationHasAProbabilityOfEachClassAtEachPixel() {
    float[][] half = {{0.5f, 0.25f}, {0.5f, 0.75f}};
    assertEquals(
        "Segmentation 2 x 1, 2 classes", new Segmentation(2, 1, mask(0, 1), half).toString());
    unfit(() -> new Segmentation(2, 2, mask(0, 1), half), "a mask of 2 pixels for 2 x 2");
    unfit(() -> new Segmentation(0, 2, mask(), half), "0 pixels for 0 x 2");
    unfit(() -> new Segmentation(2, 1, mask(0, 2), half), "class 2 in the mask");
    unfit(() -> new Segmentation(2, 1, mask(0, 1), new float[1][2]), "of 1 classes");
    unfit(
        () -> new Segmentation(2, 1, mask(0, 1), new float[][] {{0, 0}, {1}}),
        "1 probabilities of class 1 for 2 pixels");
    unfit(
        () -> new Segmentation(2, 1, mask(0, 1), new float[][] {{0, 1.5f}, {1, 0}}),
        "1.5 as a probability of class 0");
    unfit(
        () -> new Segmentation(2, 1, mask(0, 1), new float[][] {{0, Float.NaN}, {1, 0}}),
        "NaN as a probability");
  }

  private static void refused(Runnable call, String message) {
    String text = assertThrows(InputException.class, call::run).getMessage();
    assertTrue(text.contains(message), text);
  }

  private static void unfit(Runnable call, String message) {
    String text = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(text.contains(message), text);
  }

  private static byte[] mask(int... classes) {
    byte[] mask = new byte[classes.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) classes[i];
    }
    return mask;
  }
}
