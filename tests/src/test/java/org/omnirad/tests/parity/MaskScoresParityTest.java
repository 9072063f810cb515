package org.omnirad.tests.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.MaskMeasure;
import org.omnirad.metric.MaskProtocol;
import org.omnirad.metric.MaskScores;

/**
 * The scores of masks against those of scikit-learn and SciPy; {@code
 * tests/parity/mask_scores_fixture.py} writes the cases.
 */
class MaskScoresParityTest {

  private static final double TOLERANCE = 1e-12;

  private record Case(
      String name,
      int classes,
      List<Image> images,
      Map<MaskMeasure, Double> medsegbench,
      Map<MaskMeasure, Double> pooled) {}

  /** Each row a string of digits; scores by class. */
  private record Image(
      List<String> truth, List<String> predicted, List<Map<MaskMeasure, Double>> scores) {}

  @TestFactory
  List<DynamicTest> scoresEqualTheirs() throws IOException {
    try (var in = MaskScoresParityTest.class.getResourceAsStream("mask_scores.json");
        var reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      List<Case> cases = List.of(new Gson().fromJson(reader, Case[].class));
      return cases.stream().map(c -> DynamicTest.dynamicTest(c.name, () -> compare(c))).toList();
    }
  }

  private static void compare(Case c) {
    var images = new ArrayList<List<MaskScores>>();
    for (Image image : c.images) {
      List<MaskScores> scores =
          MaskScores.of(
              mask(image.truth),
              mask(image.predicted),
              image.truth.get(0).length(),
              image.truth.size(),
              c.classes);
      for (int k = 0; k < c.classes; k++) {
        MaskScores ours = scores.get(k);
        assertEquals(MaskMeasure.values().length, image.scores.get(k).size());
        image
            .scores
            .get(k)
            .forEach((measure, score) -> assertEquals(score, ours.score(measure), TOLERANCE));
      }
      images.add(scores);
    }
    assertEquals(5, c.medsegbench.size());
    compare(c.medsegbench, MaskProtocol.MEDSEGBENCH, images);
    compare(c.pooled, MaskProtocol.POOLED, images);
  }

  private static void compare(
      Map<MaskMeasure, Double> theirs, MaskProtocol protocol, List<List<MaskScores>> images) {
    var few = new Bootstrap(2, 0.95, 0);
    theirs.forEach(
        (measure, score) ->
            assertEquals(score, protocol.interval(measure, images, few).point(), TOLERANCE));
  }

  private static byte[] mask(List<String> rows) {
    String digits = String.join("", rows);
    byte[] mask = new byte[digits.length()];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) (digits.charAt(i) - '0');
    }
    return mask;
  }
}
