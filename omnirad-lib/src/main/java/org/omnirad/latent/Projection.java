package org.omnirad.latent;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.omnirad.encoder.Features;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * Features laid out in the plane: one point for each image, in the order of the images. PCA, t-SNE
 * and UMAP are those of Smile, seeded; equal features and seeds give equal points on one machine.
 *
 * @param points N x 2 coordinates
 * @param method "PCA", "t-SNE" or "UMAP"
 * @param axes the titles of both axes
 * @param record where the points come from
 */
public record Projection(double[][] points, String method, List<String> axes, RunRecord record) {

  /** The most images that t-SNE takes. */
  public static final int MAX_TSNE = 10_000;

  private static final int MIN_PCA = 3;
  private static final int MIN_NEIGHBOURS = 10;
  // Three N x N tables of doubles.
  private static final long TSNE_BYTES_PER_PAIR = 3 * Double.BYTES;

  /** Copies the titles and checks that every point is finite. */
  public Projection {
    axes = List.copyOf(axes);
    for (double[] point : points) {
      if (point.length != 2 || !Double.isFinite(point[0]) || !Double.isFinite(point[1])) {
        throw new InputException(
            method + " gave points that are not finite.",
            "Look for extreme feature vectors, or use Projection.pca.");
      }
    }
  }

  /**
   * Principal component analysis: the two directions in which the features vary most. The point
   * with the largest coordinate on an axis lies on its positive side.
   *
   * @param features at least 3 images
   * @throws InputException where there are fewer, or vectors are not finite or all equal
   */
  public static Projection pca(Features features) {
    return SmileProjections.pca(rows(features, "PCA", MIN_PCA), features.record());
  }

  /**
   * t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008), perplexity 30 or
   * a third of the images, 1,000 steps. Compares all pairs in each step, so that time and memory
   * grow with the square of N.
   *
   * @param features 10 to {@value #MAX_TSNE} images
   * @throws InputException where there are more or fewer, memory does not suffice, or vectors are
   *     not finite or all equal
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public static Projection tsne(Features features, long seed) {
    float[][] rows = rows(features, "t-SNE", MIN_NEIGHBOURS);
    checkTsneMemory(rows.length, Runtime.getRuntime().maxMemory());
    return SmileProjections.tsne(rows, seed, features.record());
  }

  /**
   * Uniform manifold approximation and projection (McInnes et al. 2018) with 15 neighbours, found
   * by comparing all pairs, and minimal distance 0.1. The search for neighbours can be interrupted,
   * the layout that follows cannot.
   *
   * @param features at least 10 images
   * @throws InputException where there are fewer, or vectors are not finite or all equal
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public static Projection umap(Features features, long seed) {
    return SmileProjections.umap(rows(features, "UMAP", MIN_NEIGHBOURS), seed, features.record());
  }

  /** The method and the number of points. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s of %,d images", method, points.length);
  }

  static void checkTsneMemory(int n, long heapBytes) {
    long needed = TSNE_BYTES_PER_PAIR * n * n;
    if (n > MAX_TSNE || needed > heapBytes / 10 * 9) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "t-SNE of %,d images needs 3 tables x %,d x %,d pairs x 8 bytes = %,d MB; the heap has %,d MB.",
              n,
              n,
              n,
              needed / 1_000_000,
              heapBytes / 1_000_000),
          String.format(
              Locale.ROOT,
              "Take at most %,d images, raise -Xmx, or use Projection.umap.",
              MAX_TSNE));
    }
  }

  private static float[][] rows(Features features, String method, int least) {
    float[][] vectors = features.vectors();
    int dim = features.dim();
    if (vectors.length < least || dim < 2) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s of %,d images with vectors of length %d.",
              method,
              vectors.length,
              dim),
          "At least %d images and length 2 are needed.".formatted(least));
    }
    boolean vary = false;
    for (int i = 0; i < vectors.length; i++) {
      checkVector(vectors[i], dim, features.ids().get(i));
      vary |= !Arrays.equals(vectors[i], vectors[0]);
    }
    if (!vary) {
      throw new InputException(
          String.format(Locale.ROOT, "All %,d feature vectors are equal.", vectors.length),
          "There is nothing to lay out; check the images and the encoder's weights.");
    }
    return vectors;
  }

  private static void checkVector(float[] vector, int dim, String id) {
    for (int d = 0; d < Math.max(dim, vector.length); d++) {
      if (vector.length != dim || !Float.isFinite(vector[d])) {
        throw new InputException(
            "The feature vector of %s is not %d finite numbers.".formatted(id, dim),
            "Check the image and the encoder's weights, and embed it again.");
      }
    }
  }
}
