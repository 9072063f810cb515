package org.omnirad.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.BitmapEncoder;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.metric.Task;
import org.omnirad.report.Segmentation;
import org.omnirad.report.SegmentationReport;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

class SegmentationPlotsTest {

  private static final RunRecord NO_RECORD = new RunRecord(Map.of());
  private static final List<String> LESION = List.of("background", "lesion");
  private static final int SIDE = 448;
  private static final int LINE = 24;
  private static final int GREY = 0x646464;
  private static final int ORANGE = 0xE69F00;
  private static final int LIGHT_BLUE = 0x56B4E9;

  // Of 16 x 16 pixels, each 28 pixels wide in a picture.
  private static final byte[] TRUTH = square(2, 2);
  private static final byte[] SHIFTED = square(4, 2);

  @Test
  void contoursAreInsideTheirMasks() {
    BufferedImage drawn = Plots.contours(masked("a", TRUTH), SHIFTED);
    assertEquals(SIDE, drawn.getWidth());
    assertEquals(SIDE + LINE, drawn.getHeight());
    int middle = 5 * 28;
    assertColor(GREY, drawn, 2 * 28 - 1, middle);
    assertColor(ORANGE, drawn, 2 * 28, middle);
    assertColor(ORANGE, drawn, 2 * 28 + 3, middle);
    assertColor(GREY, drawn, 2 * 28 + 4, middle);
    assertColor(LIGHT_BLUE, drawn, 4 * 28 + 1, middle);
    assertColor(GREY, drawn, 4 * 28 + 2, middle);
  }

  @Test
  void bothContoursAreSeenWhereTheyAgree() {
    BufferedImage drawn = Plots.contours(masked("a", TRUTH), TRUTH);
    assertColor(LIGHT_BLUE, drawn, 2 * 28 + 1, 140);
    assertColor(ORANGE, drawn, 2 * 28 + 2, 140);
  }

  @Test
  void aPredictionAloneIsTracedToo() {
    var unknown = new Sample("a", grey(), new int[0]);
    BufferedImage drawn = Plots.contours(unknown, SHIFTED);
    assertColor(LIGHT_BLUE, drawn, 4 * 28, 140);
    assertColor(GREY, drawn, 2 * 28, 140);
  }

  @Test
  void errorsHaveAColourEach() {
    byte[] truth = TRUTH.clone();
    byte[] predicted = SHIFTED.clone();
    Arrays.fill(predicted, 16 * 6, 16 * 6 + 8, (byte) 2); // in the last row of the square
    BufferedImage drawn = Plots.errors(masked("a", truth), predicted);
    assertColor(GREY, drawn, 14 * 28, 14 * 28);
    assertColor(mixed(0x009E73), drawn, 5 * 28, 3 * 28);
    assertColor(mixed(ORANGE), drawn, 3 * 28, 3 * 28);
    assertColor(mixed(LIGHT_BLUE), drawn, 8 * 28 - 14, 3 * 28);
    assertColor(mixed(0xF0E442), drawn, 5 * 28, 6 * 28 + 14);
    refused(() -> Plots.errors(new Sample("b", grey(), new int[0]), TRUTH), "b: no mask");
    refused(
        () -> Plots.errors(masked("b", TRUTH), new byte[3]),
        "b: a predicted mask of 3 pixels for 16 x 16");
    refused(
        () -> Plots.errors(masked("b", new byte[4]), TRUTH), "b: a mask of 4 pixels for 16 x 16");
  }

  @Test
  void aLegendNamesOtherClassesWhereThereAreSome() {
    var sample = masked("a", TRUTH);
    byte[] other = new byte[256];
    Arrays.fill(other, (byte) 2);
    assertEquals(3, ErrorMap.legend(sample, SHIFTED).size());
    assertEquals(4, ErrorMap.legend(sample, other).size());
  }

  @Test
  void aLegendTakesTheLinesItNeeds() {
    var narrow = new BufferedImage(150, 10, BufferedImage.TYPE_INT_RGB);
    var entry = Legend.Entry.of(Color.RED, "false positive");
    assertEquals(10 + LINE, Legend.below(narrow, List.of(entry)).getHeight());
    BufferedImage two = Legend.below(narrow, List.of(entry, entry));
    assertEquals(150, two.getWidth());
    assertEquals(10 + 2 * LINE, two.getHeight());
    var tiny = new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB);
    BufferedImage wide = Legend.below(tiny, List.of(entry, entry));
    assertEquals(10 + 2 * LINE, wide.getHeight());
    for (int y = 0; y < wide.getHeight(); y++) {
      assertColor(0xFFFFFF, wide, wide.getWidth() - 1, y);
    }
  }

  @Test
  void probabilitiesRunFromClearToYellow() {
    float[] p = new float[256];
    Arrays.fill(p, 128, 256, 1);
    BufferedImage drawn = Plots.probability(grey(), p);
    assertEquals(SIDE + LINE, drawn.getHeight());
    assertColor(GREY, drawn, 200, 100);
    int yellow = drawn.getRGB(200, 400);
    assertTrue((yellow >> 16 & 255) > 200 && (yellow >> 8 & 255) > 180 && (yellow & 255) < 60);
    refused(() -> Plots.probability(grey(), new float[3]), "3 probabilities for 16 x 16");
    p[0] = Float.NaN;
    refused(() -> Plots.probability(grey(), p), "A probability of NaN");
    p[0] = 1.5f;
    refused(() -> Plots.probability(grey(), p), "A probability of 1.5");
  }

  @Test
  void aSegmentationIsShownInARow() {
    BufferedImage drawn = Plots.segmentation(masked("a", TRUTH), segmentation(SHIFTED));
    assertEquals(896, drawn.getWidth());
    assertTrue(drawn.getHeight() < 240);
    int tile = 172;
    int y = 6 + tile * 5 / 16;
    int edge = tile * 2 / 16; // the first column of the true square
    assertColor(GREY, drawn, at(0, edge), y);
    assertColor(ORANGE, drawn, at(1, edge), y);
    assertColor(ORANGE, drawn, at(2, edge) + 1, y);
    assertColor(LIGHT_BLUE, drawn, at(2, 2 * edge) + 1, y);
    assertNotEquals(drawn.getRGB(at(3, 1), y), drawn.getRGB(at(3, 3 * edge), y));
    assertColor(mixed(ORANGE), drawn, at(4, edge) + 5, y);
    BufferedImage unknown =
        Plots.segmentation(new Sample("a", grey(), new int[0]), segmentation(SHIFTED));
    assertEquals(6 + 3 * (tile + 6), unknown.getWidth());
    var half = new Segmentation(8, 32, SHIFTED, segmentation(SHIFTED).probabilities());
    refused(
        () -> Plots.segmentation(masked("a", TRUTH), half),
        "a: a segmentation of 8 x 32 pixels for 16 x 16");
  }

  private static int at(int tile, int x) {
    return 6 + tile * (172 + 6) + x;
  }

  @Test
  void picturesTakeOneByteForAPixel() {
    BufferedImage drawn = Plots.contours(masked("a", TRUTH), SHIFTED);
    assertEquals(1, drawn.getRaster().getNumBands());
  }

  @Test
  void casesAreTheBestThoseInTheMiddleAndTheWorst() {
    // Image i has its square moved by i columns; the last one has no foreground at all.
    SegmentationReport report = report(5);
    BufferedImage drawn = Plots.cases(report, images(5), 1);
    int tile = 176;
    int row = tile + 6 + 2 * 17 + 2;
    assertEquals(tile + 12, drawn.getWidth());
    int title = 18 + 6;
    assertEquals(6 + title + 3 * row + 24, drawn.getHeight(), "title, rows, legend");
    int y = tile * 5 / 16 + 6 + title;
    assertColor(LIGHT_BLUE, drawn, 6 + tile * 2 / 16, y);
    // Four images have foreground: the second is the lower of both in the middle.
    assertColor(LIGHT_BLUE, drawn, 6 + tile * 3 / 16, y + row);
    assertColor(LIGHT_BLUE, drawn, 6 + tile * 5 / 16, y + 2 * row);
    assertEquals(6 + 4 * (172 + 6), Plots.cases(report, images(5), 5).getWidth(), "of four");
  }

  @Test
  void casesNeedTheImagesThatWereEvaluated() {
    SegmentationReport report = report(5);
    refused(() -> Plots.cases(report, images(4), 1), "U-Net is about 5 images, but 4 are given");
    refused(() -> Plots.cases(report, images(5), 0), "U-Net: 0 cases of each kind, of 4 images");
    refused(() -> Plots.cases(report(8), images(8), 6), "6 cases of each kind");
    var other = SegmentationReport.builder("U-Net", LESION).add("x", 16, 16, TRUTH, TRUTH);
    refused(
        () -> Plots.cases(other.build(NO_RECORD), images(1), 1),
        "Image 0 is image 0, but in U-Net it is x");
  }

  @Test
  void theDiceOfTheImagesIsCounted() {
    SegmentationReport report = report(5);
    var chart = Plots.dice(report);
    var bars = chart.getSeries("images");
    assertEquals(40, bars.getXData().length);
    // The Dice is 1, 0.8, 0.6 and 0.4.
    assertArrayEquals(
        new int[] {8, 12, 16, 19},
        IntStream.range(0, 20).filter(b -> bars.getYData()[2 * b] == 1).toArray());
    assertEquals(4, IntStream.range(0, 20).mapToDouble(b -> bars.getYData()[2 * b]).sum());
    assertTrue(chart.getTitle().startsWith("U-Net: mean Dice 0.700 (95 % "), chart.getTitle());
    assertEquals(0.7, chart.getSeries("mean").getXData()[0], 1e-9);
    assertTrue(chart.getXAxisTitle().contains("4 images"), chart.getXAxisTitle());
    assertTrue(BitmapEncoder.getBufferedImage(chart).getWidth() <= 900);
    var healthy =
        SegmentationReport.builder("U-Net", LESION).add("a", 1, 1, new byte[1], new byte[1]);
    refused(() -> Plots.dice(healthy.build(NO_RECORD)), "U-Net: no image has foreground");
  }

  /** Squares that are predicted ever farther to the right of the true ones; the last is empty. */
  private static SegmentationReport report(int n) {
    var builder = SegmentationReport.builder("U-Net", LESION);
    for (int i = 0; i < n - 1; i++) {
      builder.add("image " + i, 16, 16, TRUTH, square(2 + i, 2));
    }
    return builder.add("image " + (n - 1), 16, 16, new byte[256], new byte[256]).build(NO_RECORD);
  }

  private static ImageList images(int n) {
    return new ImageList() {
      @Override
      public int size() {
        return n;
      }

      @Override
      public Sample get(int index) {
        return masked("image " + index, index == n - 1 ? new byte[256] : TRUTH);
      }

      @Override
      public Task task() {
        return Task.BINARY;
      }

      @Override
      public List<String> classNames() {
        return List.of();
      }

      @Override
      public RunRecord record() {
        return NO_RECORD;
      }
    };
  }

  private static Sample masked(String id, byte[] mask) {
    return new Sample(id, grey(), new int[0], Optional.of(mask), Optional.empty());
  }

  private static RgbImage grey() {
    byte[] grey = new byte[256];
    Arrays.fill(grey, (byte) 100);
    return RgbImage.ofGrey(16, 16, grey);
  }

  /** Five pixels wide and high. */
  private static byte[] square(int left, int top) {
    byte[] mask = new byte[256];
    for (int y = top; y < top + 5; y++) {
      Arrays.fill(mask, 16 * y + left, 16 * y + left + 5, (byte) 1);
    }
    return mask;
  }

  private static Segmentation segmentation(byte[] mask) {
    float[][] p = new float[2][256];
    for (int i = 0; i < 256; i++) {
      p[1][i] = mask[i];
      p[0][i] = 1 - mask[i];
    }
    return new Segmentation(16, 16, mask, p);
  }

  /** Over the grey of the images. */
  private static int mixed(int rgb) {
    return Pictures.over(GREY, new Color(rgb >> 16, rgb >> 8 & 255, rgb & 255, 160));
  }

  /** With the fewer shades of the pictures. */
  private static void assertColor(int expected, BufferedImage picture, int x, int y) {
    int actual = picture.getRGB(x, y) & 0xFFFFFF;
    for (int shift = 0; shift <= 16; shift += 8) {
      assertEquals(
          expected >> shift & 255,
          actual >> shift & 255,
          8,
          () -> "%06x at %d, %d instead of %06x".formatted(actual, x, y, expected));
    }
  }

  private static void refused(Supplier<?> call, String message) {
    String text = assertThrows(InputException.class, call::get).getMessage();
    assertTrue(text.contains(message), text);
  }
}
