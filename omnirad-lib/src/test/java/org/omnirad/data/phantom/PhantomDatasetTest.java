package org.omnirad.data.phantom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.metric.Task;

class PhantomDatasetTest {

  private static final PhantomConfig CONFIG = new PhantomConfig(64, 160, 40, 80, 7);

  private final PhantomDataset dataset = PhantomDataset.of(CONFIG);
  private final ImageList train = dataset.split(Split.TRAIN);

  @Test
  void threadsInAnyOrderDrawTheSamePictures() {
    List<byte[]> once = IntStream.range(0, 48).mapToObj(i -> train.get(i).image().rgb()).toList();
    ImageList again = PhantomDataset.of(CONFIG).split(Split.TRAIN);
    IntStream.range(0, 48)
        .parallel()
        .forEach(i -> assertArrayEquals(once.get(47 - i), again.get(47 - i).image().rgb()));
  }

  @Test
  void seedSplitAndIndexEachChangeThePicture() {
    byte[] picture = train.get(0).image().rgb();
    var others =
        List.of(
            train.get(8),
            dataset.split(Split.VAL).get(0),
            dataset.split(Split.TEST).get(0),
            PhantomDataset.of(CONFIG.withSeed(8)).split(Split.TRAIN).get(0));
    for (Sample other : others) {
      assertEquals(0, other.labels()[0]);
      assertTrue(difference(picture, other.image().rgb()) > 8, other.id());
    }
  }

  @Test
  void splitSizesDoNotChangeThePictures() {
    ImageList more = PhantomDataset.of(CONFIG.withSizes(1000, 1, 1)).split(Split.TRAIN);
    assertArrayEquals(train.get(11).image().rgb(), more.get(11).image().rgb());
  }

  @Test
  void samplesAreCompleteAndClassesBalanced() {
    int[] counts = new int[dataset.classNames().size()];
    var ids = new HashSet<String>();
    for (int i = 0; i < dataset.split(Split.TEST).size(); i++) {
      Sample sample = dataset.split(Split.TEST).get(i);
      counts[sample.labels()[0]]++;
      ids.add(sample.id());
      assertEquals(64 * 64, sample.mask().orElseThrow().length);
    }
    assertEquals(80, ids.size());
    assertArrayEquals(new int[] {10, 10, 10, 10, 10, 10, 10, 10}, counts);
  }

  @Test
  void captionTellsTheClassAndWhetherThereIsALesion() {
    var words =
        Map.of(
            "CT abdomen", "Axial CT of the abdomen, ",
            "CT chest", "Axial CT of the chest, ",
            "CT head", "Axial CT of the head: ",
            "MR head", " MR image of the head: ",
            "US abdomen", "Ultrasound of the abdomen: ",
            "US breast", "Ultrasound of the breast: ",
            "X-ray chest", "Frontal chest X-ray: ",
            "X-ray hand", "Frontal X-ray of the hand: ");
    int lesions = 0;
    for (int i = 0; i < train.size(); i++) {
      Sample sample = train.get(i);
      String caption = sample.caption().orElseThrow();
      String label = train.classNames().get(sample.labels()[0]);
      assertTrue(caption.contains(words.get(label)), caption);
      boolean lesion = area(sample) > 0;
      assertEquals(lesion, caption.matches(".*: \\d+ mm .*\\."), caption);
      assertNotEquals(lesion, caption.matches(".*: (no .*|clear lungs)\\."), caption);
      lesions += lesion ? 1 : 0;
    }
    assertEquals(0.75, lesions / (double) train.size(), 0.1);
  }

  @Test
  void lesionsAreAsLargeAsTheirCaptionSays() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new SplittableRandom(seed);
      double diameter = random.nextDouble(5, 50);
      Lesion lesion = Lesion.at(3, -4, diameter, 0.3, random);
      double farthest = 0;
      for (double angle = 0; angle < 2 * Math.PI; angle += 0.05) {
        double r = 0;
        while (lesion.shape().distance(3 + r * Math.cos(angle), -4 + r * Math.sin(angle)) < 0) {
          r += 0.1;
        }
        farthest = Math.max(farthest, r);
      }
      assertEquals(diameter / 2, farthest, 0.35 * diameter / 2, "seed " + seed);
      assertEquals(Math.round(diameter) + " mm", lesion.size());
    }
  }

  /** The same patient in the same pose: only the pixels are finer. */
  @Test
  void aLargerPictureShowsTheSame() {
    ImageList small = PhantomDataset.of(CONFIG.withImageSize(48)).split(Split.VAL);
    ImageList large = PhantomDataset.of(CONFIG.withImageSize(192)).split(Split.VAL);
    for (int i = 0; i < 24; i++) {
      assertEquals(small.get(i).caption(), large.get(i).caption());
      double[] expected = blocks(small.get(i).image().rgb(), 48, 6);
      double[] actual = blocks(large.get(i).image().rgb(), 192, 24);
      assertTrue(correlation(expected, actual) > 0.9, large.get(i).caption().orElseThrow());
    }
  }

  @Test
  void everySizeIsDrawnWithContrastAndNonEmptyMasks() {
    for (int size : new int[] {16, 17, 50, 224, 518, 1024}) {
      ImageList list = PhantomDataset.of(CONFIG.withImageSize(size)).split(Split.TEST);
      for (int i = 0; i < (size > 518 ? 2 : size > 224 ? 8 : 16); i++) {
        Sample sample = list.get(i);
        assertEquals(size, sample.image().width());
        assertEquals(size * size, sample.mask().orElseThrow().length);
        boolean lesion = sample.caption().orElseThrow().contains(" mm ");
        assertEquals(lesion, area(sample) > 0, sample.caption().orElseThrow());
        double spread = spread(blocks(sample.image().rgb(), size, 1));
        assertTrue(spread > 10, () -> sample.id() + " at " + size + " px: spread " + spread);
      }
    }
  }

  /** Most lesions differ from what is around them; a few are hard on purpose. */
  @Test
  void lesionsCanBeSeen() {
    int seen = 0;
    int all = 0;
    for (int i = 0; i < train.size(); i++) {
      Sample sample = train.get(i);
      if (area(sample) >= 6) {
        all++;
        seen += lesionContrast(sample) > 6 ? 1 : 0;
      }
    }
    int found = seen;
    int total = all;
    assertTrue(found > 0.85 * total, () -> found + " of " + total);
  }

  /** Drawing differently needs a new version in the data's identity. */
  @Test
  void versionOneDrawsThesePictures() {
    double[] means = new double[8];
    for (int i = 0; i < 80; i++) {
      byte[] rgb = train.get(i).image().rgb();
      means[i % 8] += mean(blocks(rgb, 64, 1)) / 10;
    }
    assertTrue(dataset.record().entries().get("data.identity").startsWith("phantom-v1 seed 7"));
    double[] stored = {64.33, 92.14, 85.00, 65.86, 103.99, 124.68, 107.26, 54.29};
    assertArrayEquals(stored, means, 0.05);
  }

  @Test
  void cardAndRecordSayWhatItIs() {
    assertTrue(dataset.toString().contains("train 160, val 40, test 80"), dataset.toString());
    assertTrue(dataset.toString().contains("X-ray hand"));
    assertEquals("phantom", dataset.record().entries().get("data.name"));
    assertEquals("TEST", dataset.split(Split.TEST).record().entries().get("data.split"));
    assertNotEquals(dataset.record(), PhantomDataset.of(CONFIG.withSeed(8)).record());
    assertNotEquals(dataset.record(), PhantomDataset.of(CONFIG.withImageSize(65)).record());
  }

  @Test
  void theSamePicturesCarryFindingsOrAGrade() {
    ImageList findings = PhantomDataset.findings(CONFIG).split(Split.TRAIN);
    ImageList grades = PhantomDataset.grades(CONFIG).split(Split.TRAIN);
    assertEquals(Task.MULTI_LABEL, findings.task());
    assertEquals(Task.ORDINAL, grades.task());
    for (int i = 0; i < 80; i++) {
      Sample sample = findings.get(i);
      assertArrayEquals(train.get(i).image().rgb(), sample.image().rgb());
      assertArrayEquals(sample.labels(), findings.labels(i), "drawn at any size: " + sample.id());
      int[] said = sample.labels();
      int grade = grades.get(i).labels()[0];
      String caption = sample.caption().orElseThrow();
      assertEquals(area(sample) > 0 ? 1 : 0, said[0] + said[1], caption);
      assertEquals(area(sample) > 0, grade > 0, caption);
      assertEquals(grade >= 3 ? 1 : 0, said[2], caption);
      assertFalse(caption.matches(".*(hypo|cyst|lytic).*") && said[0] == 1, caption);
      assertFalse(caption.matches(".*(hyper|sclerotic|nodule ).*") && said[1] == 1, caption);
      assertTrue(said[3] == 1 || !caption.contains("irregular"), caption);
    }
  }

  /** Its longest diameter over the picture's width, so that a larger grade covers more of it. */
  @Test
  void eachGradeCoversMoreOfThePictureThanTheOneBefore() {
    ImageList grades = PhantomDataset.grades(CONFIG).split(Split.TRAIN);
    double[] areas = new double[5];
    int[] counts = grades.classCounts();
    for (int i = 0; i < grades.size(); i++) {
      areas[grades.labels(i)[0]] += area(grades.get(i)) / (64.0 * 64);
    }
    for (int grade = 1; grade < 5; grade++) {
      assertTrue(counts[grade] > 10, "images of grade " + grade + ": " + counts[grade]);
      assertTrue(areas[grade] / counts[grade] > 1.5 * areas[grade - 1] / counts[grade - 1]);
    }
  }

  @Test
  void everyFindingOccursAndSoDoesNone() {
    PhantomDataset dataset = PhantomDataset.findings(CONFIG);
    int[] counts = dataset.split(Split.TRAIN).classCounts();
    for (int count : counts) {
      assertTrue(count > 0.15 * 160 && count < 0.6 * 160, Arrays.toString(counts));
    }
    assertTrue(dataset.toString().startsWith("phantom-findings: drawn"), dataset.toString());
    assertTrue(dataset.toString().contains("4 findings, any or none in a picture: bright lesion"));
    assertEquals("phantom-findings", dataset.record().entries().get("data.name"));
  }

  @Test
  void outOfRangeIsRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> train.get(160));
    assertThrows(IndexOutOfBoundsException.class, () -> train.get(-1));
    assertThrows(IllegalArgumentException.class, () -> CONFIG.withImageSize(15));
    assertThrows(IllegalArgumentException.class, () -> CONFIG.withImageSize(2049));
    assertThrows(IllegalArgumentException.class, () -> CONFIG.withSizes(8, 0, 8));
    assertFalse(PhantomConfig.defaults().equals(PhantomConfig.defaults().withSeed(8)));
  }

  private static int area(Sample sample) {
    int area = 0;
    for (byte b : sample.mask().orElseThrow()) {
      area += b;
    }
    return area;
  }

  // The difference of the mean inside and the mean of the pixels at most three away, outside.
  private static double lesionContrast(Sample sample) {
    byte[] mask = sample.mask().orElseThrow();
    byte[] rgb = sample.image().rgb();
    int n = sample.image().width();
    double[] sums = new double[2];
    int[] counts = new int[2];
    for (int i = 0; i < mask.length; i++) {
      int where = mask[i] == 1 ? 0 : near(mask, n, i % n, i / n) ? 1 : -1;
      if (where >= 0) {
        sums[where] += rgb[3 * i] & 255;
        counts[where]++;
      }
    }
    return Math.abs(sums[0] / counts[0] - sums[1] / Math.max(1, counts[1]));
  }

  private static boolean near(byte[] mask, int n, int x, int y) {
    for (int row = Math.max(0, y - 3); row <= Math.min(n - 1, y + 3); row++) {
      for (int column = Math.max(0, x - 3); column <= Math.min(n - 1, x + 3); column++) {
        if (mask[row * n + column] == 1) {
          return true;
        }
      }
    }
    return false;
  }

  private static double[] blocks(byte[] rgb, int n, int side) {
    int m = n / side;
    double[] means = new double[m * m];
    for (int y = 0; y < m * side; y++) {
      for (int x = 0; x < m * side; x++) {
        means[y / side * m + x / side] += (rgb[3 * (y * n + x)] & 255) / (double) (side * side);
      }
    }
    return means;
  }

  private static double difference(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 255) - (b[i] & 255));
    }
    return sum / a.length;
  }

  private static double mean(double[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElseThrow();
  }

  private static double spread(double[] values) {
    double mean = mean(values);
    return Math.sqrt(
        IntStream.range(0, values.length)
            .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
            .average()
            .orElseThrow());
  }

  private static double correlation(double[] a, double[] b) {
    double meanA = mean(a);
    double meanB = mean(b);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - meanA) * (b[i] - meanB) / a.length;
    }
    return sum / (spread(a) * spread(b));
  }
}
