package org.omnirad.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskProtocolTest {

  private static final double EXACT = 1e-15;
  private static final Bootstrap FEW = new Bootstrap(50, 0.9, 3);

  // Of two classes; the Dice of the foreground is 2/3, 1, 0 and, of an empty image, none.
  private static final List<MaskScores> HALF = image(new byte[] {1, 0, 0, 1}, 1, 0, 0, 0);
  private static final List<MaskScores> RIGHT = image(new byte[] {0, 1, 0, 0}, 0, 1, 0, 0);
  private static final List<MaskScores> MISSED = image(new byte[] {1, 0, 0, 0}, 0, 0, 0, 0);
  private static final List<MaskScores> EMPTY = image(new byte[] {0, 0, 0, 0}, 0, 0, 0, 0);

  @Test
  void ofTwoClassesTheForegroundOfEachImageCounts() {
    List<List<MaskScores>> images = List.of(HALF, RIGHT, MISSED);
    assertEquals((2. / 3 + 1) / 3, score(MaskMeasure.DICE, images), EXACT);
    assertEquals((0.5 + 1) / 3, score(MaskMeasure.IOU, images), EXACT);
    assertEquals((0.5 + 1) / 3, score(MaskMeasure.RECALL, images), EXACT);
    assertEquals(1, score(MaskMeasure.SPECIFICITY, images));
    assertEquals(Math.sqrt(8) / 3, score(MaskMeasure.HAUSDORFF_95, List.of(RIGHT, RIGHT, MISSED)));
  }

  @Test
  void ofTwoClassesAnImageWithoutAQuotientIsLeftOut() {
    List<List<MaskScores>> images = List.of(HALF, EMPTY, RIGHT, MISSED, EMPTY);
    assertEquals((2. / 3 + 1) / 3, score(MaskMeasure.DICE, images), EXACT);
    assertEquals(1, score(MaskMeasure.PRECISION, images), "of both images with a prediction");
    assertEquals(1, score(MaskMeasure.SPECIFICITY, images));
    var none = MaskProtocol.MEDSEGBENCH.interval(MaskMeasure.DICE, List.of(EMPTY), FEW);
    assertFalse(none.defined());
  }

  @Test
  void ofMoreClassesAnAbsentOneCountsAsRight() {
    byte[] truth = {0, 1, 0, 0};
    List<List<MaskScores>> images =
        List.of(
            MaskScores.of(truth, truth, 2, 2, 3),
            MaskScores.of(truth, new byte[] {1, 1, 0, 0}, 2, 2, 3));
    double second = (4. / 5 + 2. / 3 + 1) / 3;
    assertEquals((1 + second) / 2, score(MaskMeasure.DICE, images), EXACT);
    assertEquals((1 + (1 + 0.5 + 1) / 3) / 2, score(MaskMeasure.PRECISION, images), EXACT);
    // The distance is of the classes that are there: 0, and that of one neighbour.
    double distance = images.get(1).get(1).hausdorff95();
    assertTrue(distance > 0);
    assertEquals(distance / 2, score(MaskMeasure.HAUSDORFF_95, images), EXACT);
  }

  @Test
  void pooledBatchesCountPixelsTogether() {
    List<List<MaskScores>> images = new ArrayList<>(Collections.nCopies(15, EMPTY));
    images.add(HALF);
    images.add(RIGHT);
    // 64 pixels in the first batch, of which one of two is found; all of the second is right.
    double background = 2. * 62 / (62 + 63);
    double foreground = 2. / 3;
    var dice = MaskProtocol.POOLED.interval(MaskMeasure.DICE, images, FEW);
    assertEquals(((background + foreground) / 2 + 1) / 2, dice.point(), EXACT);
    assertEquals((background + foreground) / 2, dice.low(), EXACT);
    assertEquals(1, dice.high());
  }

  @Test
  void pooledBatchesSkipWhatIsNotThere() {
    var dice = MaskProtocol.POOLED.interval(MaskMeasure.DICE, List.of(EMPTY), FEW);
    assertEquals(1, dice.point(), "of the background alone");
    var precision = MaskProtocol.POOLED.interval(MaskMeasure.PRECISION, List.of(MISSED), FEW);
    assertEquals(0.75, precision.point(), "nothing predicted has no precision");
  }

  @Test
  void theIntervalIsOfResampledImages() {
    List<List<MaskScores>> images = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      images.add(i % 2 == 0 ? RIGHT : MISSED);
    }
    var interval = MaskProtocol.MEDSEGBENCH.interval(MaskMeasure.DICE, images, FEW);
    assertEquals(0.5, interval.point());
    assertTrue(interval.low() > 0.25 && interval.low() < 0.45, interval.toString());
    assertTrue(interval.high() < 0.75 && interval.high() > 0.55, interval.toString());
    assertEquals(0.9, interval.level());
  }

  @Test
  void onlyImagesHaveADistance() {
    assertFalse(MaskProtocol.POOLED.measures().contains(MaskMeasure.HAUSDORFF_95));
    assertEquals(List.of(MaskMeasure.values()), MaskProtocol.MEDSEGBENCH.measures());
    for (var refused :
        List.<Runnable>of(
            () -> MaskProtocol.POOLED.interval(MaskMeasure.HAUSDORFF_95, List.of(HALF), FEW),
            () -> MaskProtocol.MEDSEGBENCH.interval(MaskMeasure.DICE, List.of(), FEW))) {
      assertThrows(IllegalArgumentException.class, refused::run);
    }
  }

  private static double score(MaskMeasure measure, List<List<MaskScores>> images) {
    return MaskProtocol.MEDSEGBENCH.interval(measure, images, FEW).point();
  }

  /** Of 2 x 2 pixels. */
  private static List<MaskScores> image(byte[] truth, int... predicted) {
    byte[] said = new byte[predicted.length];
    for (int i = 0; i < said.length; i++) {
      said[i] = (byte) predicted[i];
    }
    return MaskScores.of(truth, said, 2, 2, 2);
  }
}
