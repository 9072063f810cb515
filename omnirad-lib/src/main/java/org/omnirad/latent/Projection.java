package org.omnirad.latent;

import java.util.List;
import org.omnirad.encoder.Features;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * Features laid out in the plane: one point for each image, in the order of the images.
 *
 * @param points N x 2 coordinates
 * @param method "PCA", "t-SNE" or "UMAP"
 * @param axes the titles of both axes
 * @param record where the points come from
 */
public record Projection(double[][] points, String method, List<String> axes, RunRecord record) {

  /** Copies the titles and checks that every point is finite. */
  public Projection {
    axes = List.copyOf(axes);
    for (double[] point : points) {
      if (point.length != 2 || !Double.isFinite(point[0]) || !Double.isFinite(point[1])) {
        throw new InputException(
            method + " gave points that are not finite.",
            "Look for duplicate or extreme feature vectors, or use Projection.pca.");
      }
    }
  }

  /** Principal component analysis: the plane in which the features vary most. */
  public static Projection pca(Features features) {
    return SmileProjections.pca(features);
  }

  /** t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008). */
  public static Projection tsne(Features features, long seed) {
    return SmileProjections.tsne(features, seed);
  }

  /** Uniform manifold approximation and projection (McInnes et al. 2018). */
  public static Projection umap(Features features, long seed) {
    return SmileProjections.umap(features, seed);
  }

  /** The method and the number of points. */
  @Override
  public String toString() {
    return "%s of %,d images".formatted(method, points.length);
  }
}
