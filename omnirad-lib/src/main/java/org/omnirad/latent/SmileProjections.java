package org.omnirad.latent;

import java.util.List;
import java.util.Locale;
import org.omnirad.encoder.Features;
import org.omnirad.run.InputException;
import smile.feature.extraction.PCA;
import smile.manifold.TSNE;
import smile.manifold.UMAP;
import smile.math.MathEx;

/** The one class that knows Smile. */
final class SmileProjections {

  private static final int MIN_PCA = 3;
  private static final int MIN_NEIGHBOURS = 10;
  private static final int MAX_TSNE = 10_000;
  private static final int TSNE_ITERATIONS = 1000;
  private static final double PERPLEXITY = 30;
  private static final int UMAP_NEIGHBOURS = 15;

  private SmileProjections() {}

  static Projection pca(Features features) {
    double[][] rows = rows(features, "PCA", MIN_PCA);
    PCA pca = PCA.fit(rows);
    double[] share = pca.varianceProportion();
    return new Projection(
        pca.getProjection(2).apply(rows),
        "PCA",
        List.of(component(1, share[0]), component(2, share[1])),
        features.record().with("projection", "pca"));
  }

  static Projection tsne(Features features, long seed) {
    double[][] rows = rows(features, "t-SNE", MIN_NEIGHBOURS);
    int n = rows.length;
    if (n > MAX_TSNE) {
      throw new InputException(
          "t-SNE of %,d images needs three tables of %,d x %,d numbers, %.1f GB."
              .formatted(n, n, n, 24e-9 * n * n),
          "At most %,d images are taken; use Projection.umap or fewer images.".formatted(MAX_TSNE));
    }
    if (n == rows[0].length) {
      rows = withZeroColumn(rows); // Smile takes a square matrix for distances.
    }
    double perplexity = Math.min(PERPLEXITY, (n - 1) / 3.0);
    MathEx.setSeed(seed);
    double[][] points =
        TSNE.fit(rows, new TSNE.Options(2, perplexity, 200, 12, TSNE_ITERATIONS)).coordinates();
    return new Projection(
        points,
        "t-SNE",
        List.of("t-SNE 1", "t-SNE 2"),
        features
            .record()
            .with("projection", "tsne")
            .with("tsne.perplexity", perplexity)
            .with("tsne.iterations", TSNE_ITERATIONS)
            .with("seed", seed));
  }

  static Projection umap(Features features, long seed) {
    double[][] rows = rows(features, "UMAP", MIN_NEIGHBOURS);
    int neighbours = Math.min(UMAP_NEIGHBOURS, rows.length - 1);
    MathEx.setSeed(seed);
    return new Projection(
        UMAP.fit(rows, new UMAP.Options(neighbours)),
        "UMAP",
        List.of("UMAP 1", "UMAP 2"),
        features
            .record()
            .with("projection", "umap")
            .with("umap.neighbours", neighbours)
            .with("seed", seed));
  }

  private static String component(int number, double share) {
    return String.format(
        Locale.ROOT, "component %d (%.0f %% of the variance)", number, 100 * share);
  }

  private static double[][] withZeroColumn(double[][] rows) {
    double[][] wider = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      wider[i] = java.util.Arrays.copyOf(rows[i], rows[i].length + 1);
    }
    return wider;
  }

  private static double[][] rows(Features features, String method, int least) {
    int n = features.size();
    int dim = features.dim();
    if (n < least || dim < 2) {
      throw new InputException(
          "%s of %,d images with vectors of length %d.".formatted(method, n, dim),
          "At least %d images and two dimensions are needed.".formatted(least));
    }
    double[][] rows = new double[n][dim];
    boolean vary = false;
    for (int i = 0; i < n; i++) {
      float[] vector = features.vectors()[i];
      for (int d = 0; d < dim; d++) {
        if (vector.length != dim || !Float.isFinite(vector[d])) {
          throw new InputException(
              "The feature vector of %s is not %d finite numbers."
                  .formatted(features.ids().get(i), dim),
              "Check the image and the encoder's weights, and embed it again.");
        }
        rows[i][d] = vector[d];
        vary |= vector[d] != features.vectors()[0][d];
      }
    }
    if (!vary) {
      throw new InputException(
          "All %,d feature vectors are equal.".formatted(n),
          "There is nothing to lay out; check the images and the encoder's weights.");
    }
    return rows;
  }
}
