package org.omnirad.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.XYChart;
import org.omnirad.data.CaptionedPictures;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.AttentionMaps;
import org.omnirad.latent.Projection;
import org.omnirad.metric.Interval;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Table;

class PlotsTest {

  private static final int GAP = 6;
  private static final int TITLE = 18 + GAP;
  private static final int WHITE = 0xFFFFFF;
  private static final List<String> NAMES = List.of("lung", "liver", "bone");
  private static final RunRecord NO_RECORD = new RunRecord(Map.of());

  @Test
  void aMontageShowsEachImageInItsTile() {
    BufferedImage montage =
        Plots.montage(List.of(grey(10, 10, 50), grey(10, 10, 100), grey(10, 10, 150)), 2);
    int tile = 176;
    assertEquals(GAP + 2 * (tile + GAP), montage.getWidth());
    assertEquals(GAP + 2 * (tile + GAP), montage.getHeight());
    assertEquals(50, blue(montage, GAP + tile / 2, GAP + tile / 2));
    assertEquals(100, blue(montage, 2 * GAP + tile + tile / 2, GAP + tile / 2));
    assertEquals(150, blue(montage, GAP + tile / 2, 2 * GAP + tile + tile / 2));
    assertEquals(255, blue(montage, 2 * GAP + tile + tile / 2, 2 * GAP + tile + tile / 2));
    assertEquals(255, blue(montage, GAP / 2, GAP / 2));
  }

  @Test
  void aMontageIsAtMostAsWideAsANotebookAndItsTilesLarge() {
    for (int columns = 1; columns <= 12; columns++) {
      List<RgbImage> images = Collections.nCopies(24, grey(28, 28, 9));
      BufferedImage montage = Plots.montage(images, columns);
      assertTrue(montage.getWidth() <= 900 && montage.getWidth() >= (64 + GAP) * columns);
    }
  }

  @Test
  void proportionsAreKeptOnBlack() {
    BufferedImage montage = Plots.montage(List.of(grey(400, 100, 200)), 1);
    assertEquals(0, blue(montage, GAP + 88, GAP + 30));
    assertEquals(200, blue(montage, GAP + 88, GAP + 88));
    assertEquals(0, blue(montage, GAP + 88, GAP + 146));
  }

  @Test
  void largePicturesAreAveraged() {
    byte[] checks = new byte[640 * 640];
    for (int i = 0; i < checks.length; i++) {
      checks[i] = (byte) ((i + i / 640) % 2 == 0 ? 0 : 200);
    }
    BufferedImage montage = Plots.montage(List.of(RgbImage.ofGrey(640, 640, checks)), 12);
    assertEquals(100, blue(montage, GAP + 30, GAP + 33), 2);
  }

  @Test
  void captionsStandBelowTheirTileAndInsideIt() {
    List<RgbImage> images = Collections.nCopies(3, grey(64, 64, 0));
    String shortName = "hand";
    String longName = "a name far longer than a tile of sixty-four pixels";
    BufferedImage montage = Plots.montage(images, List.of(shortName, longName, ""), 12);
    int tile = 64;
    int below = GAP + tile;
    for (int i = 0; i < 3; i++) {
      int left = GAP + i * (tile + GAP);
      boolean text = darkest(montage, left, below, tile, 17) < 100;
      assertEquals(i < 2, text);
      assertEquals(255, darkest(montage, left - GAP, below, GAP, 17));
    }
    assertEquals(255, darkest(montage, 0, montage.getHeight() - 2, montage.getWidth(), 2));
  }

  @Test
  void aDatasetsImagesCarryTheirClassNames() {
    assertEquals(
        Plots.montage(List.of(grey(9, 9, 7), grey(9, 9, 8)), List.of("lung", "bone"), 2)
            .getHeight(),
        Plots.montage(images(2), 2).getHeight());
  }

  @Test
  void aDatasetsMontageIsTitledByItsNameAndSplit() {
    ImageList images = PhantomDataset.of(PhantomConfig.defaults()).split(Split.TEST);
    assertEquals("phantom, test images", Titles.of(images));
    assertEquals("phantom, test images", Titles.of(images.first(8)));
    assertEquals("", Titles.of(images(2)));
    BufferedImage named = Plots.montage(images.first(4), 4);
    BufferedImage same = Plots.montage("phantom, test images", images.first(4), 4);
    BufferedImage bare = Plots.montage("", images.first(4), 4);
    int title = named.getHeight() - bare.getHeight();
    assertEquals(TITLE, title);
    assertTrue(darkest(named, 0, GAP, named.getWidth(), title) < 100, "the title");
    assertEquals(255, darkest(named, 0, 0, 200, title + GAP), "it stands in the middle");
    for (int y = 0; y < bare.getHeight(); y += 7) {
      assertEquals(bare.getRGB(200, y), y < GAP ? -1 : named.getRGB(200, y + title));
      assertEquals(named.getRGB(200, y), same.getRGB(200, y));
    }
  }

  @Test
  void aLongTitleIsBrokenBetweenWords() {
    var image = List.of(grey(9, 9, 7));
    BufferedImage one = Plots.montage("lung", image, List.of(""), 1);
    BufferedImage three =
        Plots.montage(
            "linear probe of phantom abdomen on all its test images", image, List.of(""), 1);
    assertEquals(one.getWidth(), three.getWidth());
    assertEquals(2 * 18, three.getHeight() - one.getHeight());
    for (int line = 0; line < 3; line++) {
      assertTrue(darkest(three, GAP, GAP + 18 * line, 176, 16) < 100, "line " + line);
    }
    assertEquals(255, darkest(three, 0, 0, GAP - 2, GAP + 60), "inside the picture");
  }

  @Test
  void captionedPicturesBringTitleAndColumns() {
    List<RgbImage> pictures = Collections.nCopies(4, grey(9, 9, 7));
    List<String> captions = List.of("a", "b", "c", "d");
    var shown =
        new CaptionedPictures() {
          @Override
          public String title() {
            return "views of phantom";
          }

          @Override
          public List<RgbImage> pictures() {
            return pictures;
          }

          @Override
          public List<String> captions() {
            return captions;
          }

          @Override
          public int columns() {
            return 2;
          }
        };
    BufferedImage expected = Plots.montage("views of phantom", pictures, captions, 2);
    BufferedImage drawn = Plots.montage(shown);
    assertEquals(expected.getWidth(), drawn.getWidth());
    assertEquals(expected.getHeight(), drawn.getHeight());
    assertTrue(darkest(drawn, 0, GAP, drawn.getWidth(), 20) < 100, "the title");
  }

  @Test
  void aTitleNamesTheDatasetOnce() {
    ImageList images = PhantomDataset.of(PhantomConfig.defaults()).split(Split.VAL);
    assertEquals("kNN (phantom, val images)", Titles.of("kNN", images));
    assertEquals("kNN on phantom", Titles.of("kNN on phantom", images));
    assertEquals("kNN", Titles.of("kNN", images(2)));
  }

  @Test
  void greyPicturesTakeOneByteForAPixelAndColouredOnesThree() {
    assertEquals(1, Plots.montage(List.of(grey(5, 5, 70)), 1).getRaster().getNumBands());
    byte[] red = new byte[300];
    for (int i = 0; i < red.length; i += 3) {
      red[i] = (byte) 200;
    }
    BufferedImage montage = Plots.montage(List.of(new RgbImage(10, 10, red)), 1);
    assertEquals(0xC80000, montage.getRGB(GAP + 100, GAP + 100) & WHITE);
  }

  @Test
  void aMaskIsOutlined() {
    byte[] mask = new byte[100];
    for (int i = 0; i < 100; i++) {
      mask[i] = (byte) (i % 10 >= 3 && i % 10 < 7 && i / 10 >= 3 && i / 10 < 7 ? 1 : 0);
    }
    var sample = new Sample("a", grey(10, 10, 50), new int[0], Optional.of(mask), Optional.empty());
    BufferedImage drawn = MaskOutline.draw(sample, 100);
    int orange = 0;
    for (int i = 0; i < 100 * 100; i++) {
      int x = i % 100;
      int y = i / 100;
      boolean inside = x >= 30 && x < 70 && y >= 30 && y < 70;
      boolean edge = inside && (x == 30 || x == 69 || y == 30 || y == 69);
      assertEquals(edge ? 0xE69F00 : 0x323232, drawn.getRGB(x, y) & WHITE, x + ", " + y);
      orange += edge ? 1 : 0;
    }
    assertEquals(4 * 39, orange);
  }

  @Test
  void maskedImagesStandInRows() {
    ImageList phantom =
        PhantomDataset.of(PhantomConfig.defaults().withImageSize(32)).split(Split.TEST).first(8);
    BufferedImage drawn = Plots.masks(phantom, 4);
    BufferedImage plain = Plots.montage(phantom, 4);
    assertEquals(plain.getWidth(), drawn.getWidth());
    assertEquals(plain.getHeight(), drawn.getHeight());
    refused(() -> Plots.masks(images(2), 2), "no masks");
    var tooShort =
        new Sample("b", grey(4, 4, 1), new int[0], Optional.of(new byte[3]), Optional.empty());
    refused(() -> MaskOutline.draw(tooShort, 10), "3 pixels for 4 x 4");
  }

  @Test
  void theBalanceOfClassesIsAShareOfEachSplit() {
    var dataset = PhantomDataset.of(PhantomConfig.defaults().withSizes(16, 8, 12));
    var chart = Plots.classBalance(dataset);
    assertEquals(
        List.of("train (16)", "val (8)", "test (12)"),
        chart.getSeriesCollection().stream().map(s -> s.getName()).toList());
    var test = chart.getSeries("test (12)");
    assertEquals(100 * 2 / 12.0, test.getYData()[0], 1e-9);
    assertEquals(100, Arrays.stream(test.getYData()).sum(), 1e-9);
    assertTrue(BitmapEncoder.getBufferedImage(chart).getWidth() <= 900);
  }

  @Test
  void refusesMontagesWithoutSense() {
    refused(() -> Plots.montage(List.<RgbImage>of(), 3), "0 images");
    refused(() -> Plots.montage(images(401), 3), "401 images in 3 columns");
    refused(() -> Plots.montage(images(4), 0), "0 columns");
    refused(
        () -> Plots.montage(List.of(grey(1, 1, 1)), List.of("a", "b"), 1),
        "1 images and 2 captions");
  }

  @Test
  void aScatterHasASeriesForEachClassWithPoints() {
    double[][] points = {{0, 1}, {2, 3}, {4, 5}, {6, 7}};
    var projection = new Projection(points, "PCA", List.of("first", "second"), NO_RECORD);
    XYChart chart =
        Plots.scatter(projection, new int[] {2, 0, 2, 0}, List.of("lung", "liver", "bone"));
    assertEquals(List.of("lung", "bone"), names(chart));
    assertArrayEquals(new double[] {0, 4}, chart.getSeries("bone").getXData());
    assertArrayEquals(new double[] {1, 5}, chart.getSeries("bone").getYData());
    assertEquals("PCA of 4 images", chart.getTitle());
    assertEquals("first", chart.getXAxisTitle());
    assertEquals(860, BitmapEncoder.getBufferedImage(chart).getWidth());
  }

  @ParameterizedTest
  @CsvSource({"20, 4", "1, 30", "1e-6, 2e-6", "5e5, 0", "0, 0"})
  void aProjectionHasEqualScalesAndShowsEveryPoint(double width, double height) {
    double[][] points = {{3, -7}, {3 + width, -7 + height}, {3 + width / 2, -7}};
    var projection =
        new Projection(points, "UMAP", List.of("1", "2"), new RunRecord(java.util.Map.of()));
    XYChart chart = Plots.scatter(projection, new int[] {0, 1, 0}, List.of("a", "b"));
    BitmapEncoder.getBufferedImage(chart);
    var styler = chart.getStyler();
    double unit = styler.getXAxisMax() - styler.getXAxisMin();
    double across = chart.getScreenXFromChart(3 + unit) - chart.getScreenXFromChart(3);
    double down = chart.getScreenYFromChart(-7) - chart.getScreenYFromChart(-7 + unit);
    assertEquals(1, across / down, 0.03);
    for (double[] point : points) {
      assertTrue(styler.getXAxisMin() < point[0] && point[0] < styler.getXAxisMax());
      assertTrue(styler.getYAxisMin() < point[1] && point[1] < styler.getYAxisMax());
    }
  }

  @Test
  void fourteenClassesLookDifferent() {
    List<String> names = IntStream.range(0, 14).mapToObj(k -> "class " + k).toList();
    double[][] points = new double[14][2];
    XYChart chart = Plots.scatter(points, IntStream.range(0, 14).toArray(), names);
    assertEquals(
        14, chart.getSeriesCollection().stream().map(s -> s.getMarkerColor()).distinct().count());
  }

  @Test
  void longNamesAreCutAndStayDifferent() {
    String name = "immature granulocytes (myelocytes, metamyelocytes";
    XYChart chart =
        Plots.scatter(new double[2][2], new int[] {0, 1}, List.of(name + " a)", name + " b)"));
    assertEquals(
        List.of("immature granulocytes (my…", "immature granulocytes (my… (1)"), names(chart));
  }

  @Test
  void refusesScattersWithoutSense() {
    List<String> names = List.of("a", "b");
    refused(() -> Plots.scatter(new double[3][2], new int[2], names), "3 points and 2 labels");
    refused(() -> Plots.scatter(new double[1][2], new int[] {2}, names), "Point 0 has label 2");
    refused(() -> Plots.scatter(new double[1][3], new int[1], names), "Point 0 is [0.0, 0.0, 0.0]");
    refused(
        () -> Plots.scatter(new double[][] {{0, Double.NaN}}, new int[1], names),
        "Point 0 is [0.0, NaN]");
  }

  @Test
  void curvesHaveALineForEachSeriesWithoutItsGaps() {
    var series = new LinkedHashMap<String, double[]>();
    series.put("student", new double[] {4, Double.NaN, 2});
    series.put("never", new double[] {Double.NaN, Double.NaN, Double.NaN});
    series.put("teacher", new double[] {3, 2, 1});
    XYChart chart = Plots.curves("Entropy", "entropy (nats)", new double[] {1, 2, 3}, series);
    assertEquals(List.of("student", "teacher"), names(chart));
    assertArrayEquals(new double[] {1, 3}, chart.getSeries("student").getXData());
    assertArrayEquals(new double[] {4, 2}, chart.getSeries("student").getYData());
    assertEquals("step", chart.getXAxisTitle());
    assertEquals("entropy (nats)", chart.getYAxisTitle());
    BufferedImage drawn = BitmapEncoder.getBufferedImage(chart);
    assertEquals(Plots.CURVES_WIDTH, drawn.getWidth());
    assertEquals(Plots.CURVES_HEIGHT, drawn.getHeight());
    assertTrue(holds(drawn, Palette.color(0, 255).getRGB()), "the first line");
    assertTrue(holds(drawn, Palette.color(2, 255).getRGB()), "the third series' own colour");
  }

  @Test
  void aLongCurveIsDrawnByTheMeansOfItsParts() {
    int n = 1000;
    double[] steps = IntStream.rangeClosed(1, n).asDoubleStream().toArray();
    double[] zigzag = IntStream.range(0, n).mapToDouble(i -> i % 3).toArray();
    var line = Plots.curves("", "", steps, Map.of("a", zigzag)).getSeries("a");
    assertEquals(334, line.getXData().length);
    assertEquals(2, line.getXData()[0]);
    assertEquals(998, line.getXData()[332]);
    assertEquals(1000, line.getXData()[333], "the last step is the end of the line");
    assertEquals(1, line.getYData()[100]);
  }

  @Test
  void aSinglePointIsMarked() {
    var chart =
        Plots.curves("", "epoch", "accuracy", new double[] {0}, Map.of("a", new double[] {0.5}));
    assertEquals("epoch", chart.getXAxisTitle());
    BufferedImage drawn = BitmapEncoder.getBufferedImage(chart);
    assertTrue(holds(drawn, Palette.color(0, 255).getRGB()));
  }

  @Test
  void refusesCurvesWithoutSense() {
    double[] steps = {1, 2};
    refused(() -> Plots.curves("", "", steps, Map.of("a", new double[3])), "3 values of 'a' at 2");
    refused(
        () -> Plots.curves("", "", steps, Map.of("a", new double[] {Double.NaN, 1 / 0.0})),
        "No number of [a]");
    refused(() -> Plots.curves("", "", steps, Map.of()), "No number of []");
  }

  @Test
  void theConfusionMatrixHasTheFirstTrueClassOnTop() {
    var cells = Plots.confusion(report()).getHeatMapSeries().getHeatData();
    assertEquals(9, cells.size());
    // One bone, the last class, was taken for a lung, the first: left column, lowest row.
    assertTrue(cells.stream().anyMatch(c -> Arrays.equals(c, new Number[] {0, 0, 1})));
    assertTrue(cells.stream().anyMatch(c -> Arrays.equals(c, new Number[] {0, 2, 1})));
    BitmapEncoder.getBufferedImage(Plots.confusion(report()));
  }

  @Test
  void aRocHasALineForEachClassThatHasOne() {
    XYChart chart = Plots.roc(report());
    assertEquals(
        List.of("lung, AUC 0.833", "liver, AUC 1.000", "bone, AUC 0.500", "chance"),
        inLegend(chart));
    var lung = chart.getSeries("lung, AUC 0.833");
    assertArrayEquals(new double[] {0, 1. / 3, 1}, lung.getXData());
    assertArrayEquals(new double[] {0, 1, 1}, lung.getYData());
    assertEquals("false positive rate", chart.getXAxisTitle());
    BufferedImage drawn = BitmapEncoder.getBufferedImage(chart);
    assertTrue(holds(drawn, Palette.color(1, 255).getRGB()), "the second class's own colour");
    float[][] lungs = {{1, 0, 0}, {1, 0, 0}};
    var absent = report(Task.MULTI_CLASS, new int[][] {{0}, {2}}, lungs);
    assertEquals(
        List.of("lung, AUC 0.500", "bone, AUC 0.500", "chance"), inLegend(Plots.roc(absent)));
    var one = report(Task.MULTI_CLASS, new int[][] {{0}, {0}}, lungs);
    refused(() -> Plots.roc(one), "no class is there in some images");
  }

  @Test
  void ofTwoClassesTheSecondHasACurve() {
    float[][] said = {{0.9f, 0.1f}, {0.2f, 0.8f}, {0.6f, 0.4f}};
    var report =
        ClassificationReport.of(
            "kNN",
            Task.BINARY,
            new int[][] {{0}, {1}, {1}},
            said,
            List.of("benign", "malignant"),
            NO_RECORD);
    assertEquals(List.of("malignant, AUC 1.000", "chance"), inLegend(Plots.roc(report)));
    assertEquals(List.of("malignant, AP 1.000"), inLegend(Plots.precisionRecall(report)));
  }

  @Test
  void precisionFallsInStepsAndRecallEndsAtOne() {
    int[][] targets = {{1, 0, 0}, {0, 0, 0}, {1, 0, 0}};
    float[][] said = {{0.9f, 0, 0}, {0.8f, 0, 0}, {0.7f, 0, 0}};
    XYChart chart = Plots.precisionRecall(report(Task.MULTI_LABEL, targets, said));
    assertEquals(List.of("lung, AP 0.833"), inLegend(chart));
    var line = chart.getSeries("lung, AP 0.833");
    assertArrayEquals(new double[] {0, 0.5, 0.5, 0.5, 1}, line.getXData());
    assertArrayEquals(new double[] {1, 1, 0.5, 2. / 3, 2. / 3}, line.getYData(), 1e-15);
  }

  @Test
  void manyThresholdsMakeAFewPointsAndTheSameEnds() {
    int n = 20_000;
    int[][] targets = new int[n][];
    float[][] said = new float[n][];
    for (int i = 0; i < n; i++) {
      targets[i] = new int[] {i % 3 == 0 ? 1 : 0, i % 2, 0};
      said[i] = new float[] {(i * 7919L % n) / (float) n, 0.5f, 0.5f};
    }
    var predictions = new Predictions(Task.MULTI_LABEL, targets, said, 3);
    var undefined = new EnumMap<Measure, Interval>(Measure.class);
    Measure.of(Task.MULTI_LABEL).forEach(m -> undefined.put(m, Interval.undefined(0.95)));
    var report = new ClassificationReport("many", predictions, undefined, NAMES, NO_RECORD);
    XYChart chart = Plots.roc(report);
    var line = chart.getSeries(inLegend(chart).get(0));
    int points = line.getXData().length;
    assertTrue(points > 300 && points < 1100, points + " points");
    assertEquals(1, line.getXData()[points - 1]);
    assertEquals(1, line.getYData()[points - 1]);
  }

  @Test
  void reliabilityStandsBesideTheDiagonal() {
    XYChart chart = Plots.reliability(report());
    assertEquals(
        List.of("share of all predictions", "calibrated", "these predictions"), inLegend(chart));
    assertEquals("Reliability: kNN (ECE 0.250, Brier 0.500)", chart.getTitle());
    assertArrayEquals(new double[] {1}, chart.getSeries("these predictions").getXData());
    assertArrayEquals(new double[] {0.75}, chart.getSeries("these predictions").getYData());
    BitmapEncoder.getBufferedImage(chart);
  }

  @Test
  void theWorstMistakesComeFirstWithTheirTruth() {
    int[][] targets = {{0}, {1}, {0}, {1}};
    float[][] said = {{0.4f, 0.6f}, {0.9f, 0.1f}, {0.8f, 0.2f}, {0.3f, 0.7f}};
    var report =
        ClassificationReport.of(
            "kNN", Task.BINARY, targets, said, List.of("lung", "bone"), NO_RECORD);
    BufferedImage mistakes = Plots.mistakes(report, images(4), 5);
    int tile = 176;
    assertEquals(GAP + 2 * (tile + GAP), mistakes.getWidth());
    int top = GAP + TITLE;
    assertTrue(darkest(mistakes, 0, GAP, mistakes.getWidth(), 18) < 100, "the title");
    assertEquals(1, blue(mistakes, GAP + 80, top + 80));
    assertEquals(0, blue(mistakes, 2 * GAP + tile + 80, top + 80));
    assertTrue(darkest(mistakes, GAP, top + tile, tile, 17) < 100, "the truth");
    assertTrue(darkest(mistakes, GAP, top + tile + 19, tile, 17) < 100, "the prediction");
    assertEquals(GAP + tile + GAP, Plots.mistakes(report, images(4), 1).getWidth());
    refused(() -> Plots.mistakes(report, images(3), 5), "kNN is about 4 images, but 3 are given");
    refused(() -> Plots.mistakes(report, images(4), 0), "0 mistakes asked for, none to show");
    int[][] others = {{0}, {1}, {1}, {1}};
    var other =
        ClassificationReport.of("kNN", Task.BINARY, others, said, report.classNames(), NO_RECORD);
    refused(() -> Plots.mistakes(other, images(4), 5), "item 2 has the labels");
  }

  @Test
  void aMissedFindingIsAMistakeToo() {
    ImageList images =
        PhantomDataset.findings(PhantomConfig.defaults().withImageSize(32))
            .split(Split.TEST)
            .first(4);
    int[][] targets = IntStream.range(0, 4).mapToObj(images::labels).toArray(int[][]::new);
    var report =
        ClassificationReport.of(
            "none", Task.MULTI_LABEL, targets, new float[4][4], images.classNames(), NO_RECORD);
    int missed = Arrays.stream(images.classCounts()).sum();
    assertTrue(missed > 4, "one image can have several findings");
    BufferedImage drawn = Plots.mistakes(report, images, 100);
    int rows = Math.ceilDiv(missed, 4);
    assertTrue(drawn.getHeight() > rows * 176 && drawn.getHeight() < (rows + 1) * 230);
    assertEquals(Plots.montage(images, 4).getWidth(), drawn.getWidth());
  }

  @Test
  void barsCarryTheirIntervals() {
    var values = new LinkedHashMap<String, Interval>();
    values.put("kNN", new Interval(0.7, 0.6, 0.75, 0.95));
    values.put("nothing", Interval.undefined(0.95));
    values.put("LoRA", new Interval(0.9, 0.8, 1, 0.95));
    var chart = Plots.bars("phantom", "accuracy", values);
    assertEquals("accuracy", chart.getXAxisTitle());
    var bars = chart.getSeries("value");
    assertEquals(List.of("kNN", "nothing", "LoRA"), List.copyOf(bars.getYData()));
    assertEquals(List.of(0.7, Double.NaN, 0.9), List.copyOf(bars.getXData()));
    BufferedImage drawn = BitmapEncoder.getBufferedImage(chart);
    assertTrue(drawn.getWidth() <= 900);
    List<Integer> knn = whiskerRows(drawn, chart, 0.6, 0.75);
    List<Integer> lora = whiskerRows(drawn, chart, 0.8, 1);
    assertEquals(List.of(1, 1), List.of(knn.size(), lora.size()), "a whisker for each");
    assertEquals(68, lora.get(0) - knn.get(0), 4, "two bars further down");
    int blue = Palette.color(0, 255).getRGB();
    int middle = (int) chart.getScreenXFromChart(0.5);
    for (int row : List.of(knn.get(0), lora.get(0))) {
      for (int y = row - 6; y <= row + 6; y++) {
        assertEquals(blue, drawn.getRGB(middle, y), "the bar around its whisker");
      }
    }
    refused(
        () -> Plots.bars("", "", Map.of("a", Interval.undefined(0.95))), "No value of [a] to draw");
    refused(() -> Plots.bars("", "", Map.of()), "No value of []");
  }

  /** The rows of pixels that are black from one value to another, but not beyond. */
  private static List<Integer> whiskerRows(
      BufferedImage drawn, HorizontalBarChart chart, double low, double high) {
    int left = (int) Math.round(chart.getScreenXFromChart(low)) + 2;
    int right = (int) Math.round(chart.getScreenXFromChart(high)) - 2;
    return IntStream.range(40, drawn.getHeight() - 60)
        .filter(
            y ->
                IntStream.range(left, right).allMatch(x -> (drawn.getRGB(x, y) & WHITE) == 0)
                    && (drawn.getRGB(left - 8, y) & WHITE) != 0
                    && (drawn.getRGB(right + 8, y) & WHITE) != 0)
        .boxed()
        .toList();
  }

  @Test
  void everyBarHasItsWholeNameBesideIt() {
    String longest = "random weights, logistic regression";
    var values = new LinkedHashMap<String, Interval>();
    for (int i = 0; i < 12; i++) {
      values.put(longest + " " + i, new Interval(0.5 + i / 100.0, 0.4, 0.7, 0.95));
    }
    var chart = Plots.bars("phantom", "accuracy", values);
    assertEquals(List.copyOf(values.keySet()), List.copyOf(chart.getSeries("value").getYData()));
    BufferedImage drawn = BitmapEncoder.getBufferedImage(chart);
    int frame = (int) chart.getScreenXFromChart(0);
    int named = 0;
    for (int bar = 0; bar < 12; bar++) {
      int middle = 33 + (int) ((bar + 0.5) * (drawn.getHeight() - 90) / 12);
      named += darkest(drawn, frame - 100, middle - 8, 80, 16) < 100 ? 1 : 0;
    }
    assertEquals(12, named);
    assertEquals(255, darkest(drawn, 0, 40, 4, drawn.getHeight() - 80), "no name is cut");
  }

  @Test
  void barsBelowZeroAreDrawnToo() {
    var loss = new Interval(-0.2, -0.3, -0.1, 0.95);
    var chart = Plots.bars("", "difference", Map.of("LoRA less probe", loss));
    BufferedImage drawn = BitmapEncoder.getBufferedImage(chart);
    assertTrue(holds(drawn, Palette.color(0, 255).getRGB()));
    assertEquals(1, whiskerRows(drawn, chart, -0.3, -0.1).size());
  }

  @Test
  void aReportBecomesATable() {
    Table table = Plots.table(report());
    assertEquals("kNN", table.name());
    assertEquals(List.of("measure", "value", "low", "high"), table.columnNames());
    assertEquals(ColumnType.DOUBLE, table.column("value").type());
    assertEquals(0.75, table.doubleColumn("value").get(0));
    assertEquals("0.7778", table.doubleColumn("value").getString(4));
    assertEquals(ColumnType.INTEGER, Plots.table(report().perClass()).column("images").type());
  }

  @Test
  void attentionIsYellowWhereItIsStrongestAndClearWhereItIsWeakest() {
    BufferedImage overlay =
        Plots.attention(grey(40, 20, 100), new float[] {0, 0.5f, 0, 0, 0, 1, 0, 0}, 4);
    assertEquals(448, overlay.getWidth());
    assertEquals(224, overlay.getHeight());
    assertEquals(0x646464, overlay.getRGB(50, 50) & WHITE);
    int strongest = overlay.getRGB(168, 168);
    assertTrue((strongest >> 16 & 255) > 200 && (strongest >> 8 & 255) > 180, "red and green");
    assertTrue((strongest & 255) < 60, "little blue");
    assertEquals(0x646464, overlay.getRGB(168 + 112, 168) & WHITE);
  }

  @Test
  void equalWeightsLeaveTheImage() {
    BufferedImage overlay = Plots.attention(grey(4, 4, 100), new float[] {3, 3, 3, 3}, 2);
    assertEquals(0x646464, overlay.getRGB(100, 100) & WHITE);
  }

  @Test
  void headsStandBesideTheirImage() {
    float[][][][] weights = new float[2][3][5][5];
    weights[1][2][0][4] = 1; // the class token draws from the last of four patches
    var maps = new AttentionMaps(weights, new float[5][1], 2, 2);
    BufferedImage heads = Plots.attention(grey(8, 8, 100), maps, 1);
    int tile = 172;
    assertEquals(GAP + 4 * (tile + GAP), heads.getWidth());
    int head2 = GAP + 3 * (tile + GAP);
    assertEquals(100, blue(heads, head2 + 40, GAP + 40));
    assertTrue(blue(heads, head2 + 130, GAP + 130) < 60);
    refused(() -> Plots.attention(grey(8, 8, 1), maps, 2), "Block 2 of an encoder with 2 blocks");
  }

  @Test
  void refusesWeightsWithoutSense() {
    RgbImage image = grey(4, 4, 1);
    refused(() -> Plots.attention(image, new float[5], 2), "5 weights in rows of 2");
    refused(() -> Plots.attention(image, new float[0], 2), "0 weights");
    refused(() -> Plots.attention(image, new float[4], 0), "rows of 0");
    refused(() -> Plots.attention(image, new float[] {1, Float.NaN}, 2), "Weight 1 is NaN");
  }

  private static List<String> names(XYChart chart) {
    return chart.getSeriesCollection().stream().map(s -> s.getName()).toList();
  }

  private static List<String> inLegend(XYChart chart) {
    return chart.getSeriesCollection().stream()
        .filter(s -> s.isShowInLegend())
        .map(s -> s.getName())
        .toList();
  }

  private static ClassificationReport report(Task task, int[][] targets, float[][] said) {
    return ClassificationReport.of("kNN", task, targets, said, NAMES, NO_RECORD);
  }

  private static ClassificationReport report() {
    return ClassificationReport.of(
        "kNN",
        Task.MULTI_CLASS,
        new int[][] {{0}, {1}, {1}, {2}},
        new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 1, 0}, {1, 0, 0}},
        NAMES,
        NO_RECORD);
  }

  private static void refused(Supplier<?> call, String message) {
    String text = assertThrows(InputException.class, call::get).getMessage();
    assertTrue(text.contains(message), text);
  }

  private static boolean holds(BufferedImage image, int argb) {
    int width = image.getWidth();
    int[] pixels = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    return Arrays.stream(pixels).anyMatch(p -> p == argb);
  }

  private static int blue(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 255;
  }

  private static int darkest(BufferedImage image, int left, int top, int width, int height) {
    return Arrays.stream(image.getRGB(left, top, width, height, null, 0, width))
        .map(p -> p & 255)
        .min()
        .orElseThrow();
  }

  private static RgbImage grey(int width, int height, int value) {
    byte[] grey = new byte[width * height];
    Arrays.fill(grey, (byte) value);
    return RgbImage.ofGrey(width, height, grey);
  }

  private static ImageList images(int n) {
    return new ImageList() {
      @Override
      public int size() {
        return n;
      }

      @Override
      public Sample get(int index) {
        return new Sample("item " + index, grey(9, 9, index), index % 2);
      }

      @Override
      public Task task() {
        return Task.BINARY;
      }

      @Override
      public List<String> classNames() {
        return List.of("lung", "bone");
      }

      @Override
      public RunRecord record() {
        return NO_RECORD;
      }
    };
  }
}
