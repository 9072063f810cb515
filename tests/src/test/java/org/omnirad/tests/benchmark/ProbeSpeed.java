package org.omnirad.tests.benchmark;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Task;
import org.omnirad.probe.LinearProbe;
import org.omnirad.probe.LinearProbeConfig;
import org.omnirad.run.RunRecord;

/**
 * Prints how long the grid of a linear probe takes with the default config: 13 learning rates, each
 * on four choices of tokens, on as many features as MedNIST's 44,215 images have with a tiny
 * encoder, drawn about six centres.
 */
final class ProbeSpeed {

  private static final int TRAIN = 44_215;
  private static final int VAL = 4_417;
  private static final int CLASSES = 6;
  private static final int WIDTH = 192;
  private static final FeatureSpec SPEC = FeatureSpec.lastBlocks(4).withPatchMean();

  private ProbeSpeed() {}

  public static void main(String[] args) {
    Features train = features(TRAIN, 1);
    Features val = features(VAL, 2);
    long started = System.nanoTime();
    var probe = LinearProbe.fit(train, val, LinearProbeConfig.defaults());
    System.out.printf(
        Locale.ROOT,
        "%d classifiers on %,d features of up to %d numbers: %.1f s (chosen: %s)%n",
        probe.grid().rows().size(),
        train.size(),
        train.dim(),
        (System.nanoTime() - started) / 1e9,
        probe.chosen());
  }

  private static Features features(int n, long seed) {
    var random = new SplittableRandom(seed);
    var centres = new SplittableRandom(0);
    int dim = SPEC.tokens() * WIDTH;
    float[][] centre = new float[CLASSES][dim];
    for (float[] row : centre) {
      for (int d = 0; d < dim; d++) {
        row[d] = (float) (0.2 * centres.nextGaussian());
      }
    }
    float[][] vectors = new float[n][dim];
    int[][] targets = new int[n][1];
    for (int i = 0; i < n; i++) {
      targets[i][0] = i % CLASSES;
      for (int d = 0; d < dim; d++) {
        vectors[i][d] = centre[i % CLASSES][d] + (float) random.nextGaussian();
      }
    }
    return new Features(
        vectors,
        targets,
        Collections.nCopies(n, "drawn"),
        Task.MULTI_CLASS,
        List.of("a", "b", "c", "d", "e", "f"),
        SPEC,
        new RunRecord(Map.of()));
  }
}
