package org.omnirad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MaskScoresTest {

  private static final double EXACT = 1e-12;

  @Test
  void followTheClosedForm() {
    // A square of 4 x 4 and the same one column to the right: 12 pixels in common, 4 apart.
    MaskScores square =
        foreground(rectangle(10, 8, 2, 2, 4, 4), rectangle(10, 8, 3, 2, 4, 4), 10, 8);
    assertEquals(new MaskScores(12, 4, 4, 60, 1), square);
    assertEquals(0.75, square.score(MaskMeasure.DICE));
    assertEquals(0.6, square.score(MaskMeasure.IOU));
    assertEquals(0.75, square.score(MaskMeasure.PRECISION));
    assertEquals(0.75, square.score(MaskMeasure.RECALL));
    assertEquals(60 / 64., square.score(MaskMeasure.SPECIFICITY));
    assertEquals(1, square.score(MaskMeasure.HAUSDORFF_95));
  }

  @Test
  void classesAreCountedAgainstTheRest() {
    byte[] truth = {0, 1, 2, 2, 1, (byte) 200};
    byte[] predicted = {0, 2, 2, 1, 1, (byte) 200};
    List<MaskScores> scores = MaskScores.of(truth, predicted, 3, 2, 201);
    assertEquals(201, scores.size());
    assertEquals(new MaskScores(1, 0, 0, 5, 0), scores.get(0));
    assertEquals(new MaskScores(1, 1, 1, 3, 1), withoutDistance(scores.get(1), 1));
    assertEquals(new MaskScores(1, 1, 1, 3, 1), withoutDistance(scores.get(2), 1));
    assertEquals(new MaskScores(1, 0, 0, 5, 0), scores.get(200));
    assertTrue(scores.get(3).absent());
  }

  @Test
  void aClassInNeitherMaskAgrees() {
    MaskScores none = foreground(new byte[12], new byte[12], 4, 3);
    assertTrue(none.absent());
    for (MaskMeasure measure : MaskMeasure.values()) {
      boolean distance = measure == MaskMeasure.HAUSDORFF_95;
      assertEquals(distance ? 0 : 1, none.score(measure), measure.label());
      assertEquals(measure == MaskMeasure.SPECIFICITY, none.has(measure), measure.label());
    }
  }

  @Test
  void aClassInOneMaskOnlyDisagrees() {
    byte[] some = rectangle(4, 3, 1, 1, 2, 1);
    MaskScores missed = foreground(some, new byte[12], 4, 3);
    MaskScores invented = foreground(new byte[12], some, 4, 3);
    for (MaskScores scores : List.of(missed, invented)) {
      assertEquals(0, scores.score(MaskMeasure.DICE));
      assertEquals(0, scores.score(MaskMeasure.IOU));
      assertEquals(5, scores.score(MaskMeasure.HAUSDORFF_95), "the diagonal of 4 x 3");
      assertTrue(scores.has(MaskMeasure.DICE));
      assertFalse(scores.absent());
    }
    // Nothing predicted is nothing wrongly predicted; nothing there is nothing missed.
    assertEquals(1, missed.score(MaskMeasure.PRECISION));
    assertFalse(missed.has(MaskMeasure.PRECISION));
    assertEquals(0, missed.score(MaskMeasure.RECALL));
    assertEquals(1, invented.score(MaskMeasure.RECALL));
    assertFalse(invented.has(MaskMeasure.RECALL));
    assertEquals(0, invented.score(MaskMeasure.PRECISION));
    byte[] all = rectangle(4, 3, 0, 0, 4, 3);
    assertFalse(foreground(all, all, 4, 3).has(MaskMeasure.SPECIFICITY));
    assertEquals(1, foreground(all, all, 4, 3).score(MaskMeasure.SPECIFICITY));
  }

  @Test
  void theDistanceIsAPercentileOfThoseBetweenBorders() {
    // One pixel against a column of 21 pixels that begins beside it: distances 1, sqrt(2), ...
    byte[] pixel = rectangle(30, 30, 4, 3, 1, 1);
    byte[] column = rectangle(30, 30, 5, 3, 1, 21);
    double position = 0.95 * 20;
    assertEquals(Math.hypot(1, position), foreground(pixel, column, 30, 30).hausdorff95(), EXACT);
    // Only the border counts: whether the square is filled makes no difference.
    byte[] full = rectangle(30, 30, 2, 2, 9, 9);
    byte[] ring = full.clone();
    for (int y = 3; y < 10; y++) {
      Arrays.fill(ring, 30 * y + 3, 30 * y + 10, (byte) 0);
    }
    assertEquals(0, foreground(full, full, 30, 30).hausdorff95());
    assertEquals(
        foreground(pixel, full, 30, 30).hausdorff95(),
        foreground(pixel, ring, 30, 30).hausdorff95());
  }

  @Test
  void theDistanceEqualsThatOfAllPairs() {
    var random = new SplittableRandom(7);
    for (int run = 0; run < 300; run++) {
      int width = 1 + random.nextInt(20);
      int height = 1 + random.nextInt(20);
      byte[] a = randomMask(random, width, height);
      byte[] b = randomMask(random, width, height);
      List<MaskScores> scores = MaskScores.of(a, b, width, height, 3);
      List<MaskScores> swapped = MaskScores.of(b, a, width, height, 3);
      for (int k = 0; k < 3; k++) {
        double expected = ofAllPairs(a, b, width, height, k);
        assertEquals(expected, scores.get(k).hausdorff95(), EXACT, width + " x " + height);
        assertEquals(expected, swapped.get(k).hausdorff95(), EXACT, "either way");
      }
    }
  }

  @Test
  void obeyTheRelationsBetweenMeasures() {
    var random = new SplittableRandom(8);
    for (int run = 0; run < 100; run++) {
      byte[] a = randomMask(random, 15, 11);
      byte[] b = randomMask(random, 15, 11);
      for (MaskScores s : MaskScores.of(a, b, 15, 11, 3)) {
        double dice = s.score(MaskMeasure.DICE);
        double iou = s.score(MaskMeasure.IOU);
        double precision = s.score(MaskMeasure.PRECISION);
        double recall = s.score(MaskMeasure.RECALL);
        assertEquals(dice, 2 * iou / (1 + iou), EXACT);
        if (s.truePositives() > 0) {
          assertEquals(dice, 2 / (1 / precision + 1 / recall), EXACT);
        }
        assertEquals(
            165, s.truePositives() + s.falsePositives() + s.falseNegatives() + s.trueNegatives());
      }
      for (MaskScores s : MaskScores.of(a, a, 15, 11, 3)) {
        assertEquals(1, s.score(MaskMeasure.DICE));
        assertEquals(0, s.score(MaskMeasure.HAUSDORFF_95));
      }
    }
  }

  @Test
  void refuseWhatIsNoMask() {
    refused(() -> foreground(new byte[12], new byte[12], 3, 3), "truth has 12 pixels, not 3 x 3");
    refused(() -> foreground(new byte[9], new byte[8], 3, 3), "predicted has 8 pixels");
    refused(() -> foreground(new byte[0], new byte[0], 0, 3), "0 pixels, not 0 x 3");
    byte[] two = new byte[9];
    two[5] = 2;
    refused(() -> foreground(new byte[9], two, 3, 3), "predicted is 2 at column 2 of row 1");
    two[5] = -1;
    refused(() -> foreground(two, two, 3, 3), "truth is 255 at column 2 of row 1");
  }

  private static void refused(Runnable call, String message) {
    String text = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(text.contains(message), text);
  }

  private static MaskScores foreground(byte[] truth, byte[] predicted, int width, int height) {
    return MaskScores.of(truth, predicted, width, height, 2).get(1);
  }

  private static MaskScores withoutDistance(MaskScores s, double distance) {
    return new MaskScores(
        s.truePositives(), s.falsePositives(), s.falseNegatives(), s.trueNegatives(), distance);
  }

  private static byte[] rectangle(int width, int height, int left, int top, int w, int h) {
    byte[] mask = new byte[width * height];
    for (int y = top; y < top + h; y++) {
      Arrays.fill(mask, y * width + left, y * width + left + w, (byte) 1);
    }
    return mask;
  }

  /** From empty over single pixels to full, of two classes and background. */
  private static byte[] randomMask(SplittableRandom random, int width, int height) {
    byte[] mask = new byte[width * height];
    int density = random.nextInt(4);
    for (int i = 0; i < mask.length; i++) {
      boolean filled = density > 0 && random.nextInt(30) < density * density * density + 1;
      mask[i] = (byte) (filled ? 1 + random.nextInt(2) : 0);
    }
    return mask;
  }

  private static double ofAllPairs(byte[] a, byte[] b, int width, int height, int k) {
    List<int[]> left = border(a, width, height, k);
    List<int[]> right = border(b, width, height, k);
    if (left.isEmpty() || right.isEmpty()) {
      return left.isEmpty() && right.isEmpty() ? 0 : Math.hypot(width, height);
    }
    return Math.max(directed(left, right), directed(right, left));
  }

  private static double directed(List<int[]> from, List<int[]> to) {
    double[] nearest =
        from.stream()
            .mapToDouble(
                p ->
                    to.stream()
                        .mapToDouble(q -> Math.hypot(p[0] - q[0], p[1] - q[1]))
                        .min()
                        .orElseThrow())
            .sorted()
            .toArray();
    double position = 0.95 * (nearest.length - 1);
    int below = (int) Math.floor(position);
    double above = nearest[(int) Math.ceil(position)];
    return nearest[below] + (position - below) * (above - nearest[below]);
  }

  private static List<int[]> border(byte[] mask, int width, int height, int k) {
    var pixels = new ArrayList<int[]>();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (is(mask, x, y, width, height, k)
            && !(is(mask, x - 1, y, width, height, k)
                && is(mask, x + 1, y, width, height, k)
                && is(mask, x, y - 1, width, height, k)
                && is(mask, x, y + 1, width, height, k))) {
          pixels.add(new int[] {x, y});
        }
      }
    }
    return pixels;
  }

  private static boolean is(byte[] mask, int x, int y, int width, int height, int k) {
    return x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] == k;
  }
}
