package org.omnirad.latent;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import org.omnirad.probe.Neighbours;
import org.omnirad.run.Progress;
import org.omnirad.run.RunRecord;
import smile.feature.extraction.PCA;
import smile.graph.NearestNeighborGraph;
import smile.manifold.TSNE;
import smile.manifold.UMAP;
import smile.math.MathEx;
import smile.util.AlgoStatus;
import smile.util.IterativeAlgorithmController;

/** The one class that knows Smile, whose random draws come from a generator of the thread. */
final class SmileProjections {

  private static final int TSNE_STEPS = 1000;
  private static final double PERPLEXITY = 30;
  private static final int UMAP_NEIGHBOURS = 15;

  private SmileProjections() {}

  static Projection pca(float[][] rows, RunRecord record) {
    double[][] data = doubles(rows, 0, 0);
    PCA pca = PCA.fit(data);
    double[] share = pca.varianceProportion();
    double[][] points = pca.getProjection(2).apply(data);
    orient(points, 0);
    orient(points, 1);
    return new Projection(
        points,
        "PCA",
        List.of(component(1, share[0]), component(2, share[1])),
        record.with("projection", "pca"));
  }

  static Projection tsne(float[][] rows, long seed, RunRecord record) {
    int n = rows.length;
    // Smile takes a square matrix for distances.
    double[][] data = doubles(rows, n == rows[0].length ? 1 : 0, 0);
    double perplexity = Math.min(PERPLEXITY, (n - 1) / 3.0);
    MathEx.setSeed(seed);
    double[][] points;
    try (Progress progress = Progress.of("t-SNE", "steps", TSNE_STEPS)) {
      var steps = new Steps(progress);
      points = TSNE.fit(data, tsneOptions(perplexity, steps.controller)).coordinates();
      steps.throwIfCancelled();
    }
    return new Projection(
        points,
        "t-SNE",
        List.of("t-SNE 1", "t-SNE 2"),
        record
            .with("projection", "tsne")
            .with("tsne.perplexity", perplexity)
            .with("tsne.steps", TSNE_STEPS)
            .with("seed", seed));
  }

  static Projection umap(float[][] rows, long seed, RunRecord record) {
    int n = rows.length;
    int k = Math.min(UMAP_NEIGHBOURS, n - 1);
    Neighbours neighbours = Neighbours.of(rows, k);
    MathEx.setSeed(seed);
    double[][] points =
        UMAP.fit(doubles(rows, 0, 2), inTwoParts(neighbours, k), new UMAP.Options(k));
    return new Projection(
        Arrays.copyOf(points, n),
        "UMAP",
        List.of("UMAP 1", "UMAP 2"),
        record.with("projection", "umap").with("umap.neighbours", k).with("seed", seed));
  }

  // Smile lays out a connected graph from eigenvectors, and their solver keeps a generator of its
  // own between calls, so that no seed would bring a picture back. A graph in parts it lays out
  // from PCA: two more points at the mean, joined to each other only, make every graph one.
  private static NearestNeighborGraph inTwoParts(Neighbours neighbours, int k) {
    int n = neighbours.indices().length;
    int[][] indices = Arrays.copyOf(neighbours.indices(), n + 2);
    double[][] distances = Arrays.copyOf(neighbours.distances(), n + 2);
    for (int extra = 0; extra < 2; extra++) {
      indices[n + extra] = new int[k];
      distances[n + extra] = new double[k];
      Arrays.fill(indices[n + extra], n + 1 - extra);
      Arrays.fill(distances[n + extra], 1);
    }
    return new NearestNeighborGraph(k, indices, distances);
  }

  // Smile's own values but for the last lines: no stop before the end, and a report of each step.
  private static TSNE.Options tsneOptions(
      double perplexity, IterativeAlgorithmController<AlgoStatus> controller) {
    double learningRate = 200;
    double earlyExaggeration = 12;
    double momentum = 0.5;
    double finalMomentum = 0.8;
    int momentumSwitch = 250;
    double minGain = 0.01;
    return new TSNE.Options(
        2,
        perplexity,
        learningRate,
        earlyExaggeration,
        TSNE_STEPS,
        TSNE_STEPS,
        Double.MIN_NORMAL,
        momentum,
        finalMomentum,
        momentumSwitch,
        minGain,
        controller);
  }

  private static void orient(double[][] points, int axis) {
    double extreme = 0;
    for (double[] point : points) {
      extreme = Math.abs(point[axis]) > Math.abs(extreme) ? point[axis] : extreme;
    }
    for (double[] point : points) {
      point[axis] *= extreme < 0 ? -1 : 1;
    }
  }

  private static String component(int number, double share) {
    return String.format(
        Locale.ROOT, "component %d (%.0f %% of the variance)", number, 100 * share);
  }

  // With columns of zeros and rows of means appended.
  private static double[][] doubles(float[][] rows, int zeroColumns, int meanRows) {
    int dim = rows[0].length;
    double[] mean = new double[dim + zeroColumns];
    double[][] doubles = new double[rows.length + meanRows][];
    Arrays.fill(doubles, rows.length, doubles.length, mean);
    for (int i = 0; i < rows.length; i++) {
      doubles[i] = new double[dim + zeroColumns];
      for (int d = 0; d < dim; d++) {
        doubles[i][d] = rows[i][d];
        mean[d] += (double) rows[i][d] / rows.length;
      }
    }
    return doubles;
  }

  /** Shows every tenth step, which is how often Smile reports, and stops it where interrupted. */
  private static final class Steps implements Flow.Subscriber<AlgoStatus> {

    private final IterativeAlgorithmController<AlgoStatus> controller =
        new IterativeAlgorithmController<>(Runnable::run, 1);
    private final Progress progress;
    private int done;
    private CancellationException cancelled;

    Steps(Progress progress) {
      this.progress = progress;
      controller.subscribe(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(AlgoStatus status) {
      try {
        progress.step(status.iteration() - done);
        done = status.iteration();
      } catch (CancellationException e) {
        cancelled = e;
        controller.stop();
      }
    }

    @Override
    public void onError(Throwable error) {
      throw new IllegalStateException(error);
    }

    @Override
    public void onComplete() {}

    void throwIfCancelled() {
      if (cancelled != null) {
        throw cancelled;
      }
    }
  }
}
