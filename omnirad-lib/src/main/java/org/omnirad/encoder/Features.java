package org.omnirad.encoder;

import java.util.List;
import org.omnirad.run.RunRecord;

/**
 * What an encoder says of N images, in the order of the images.
 *
 * @param vectors N x D, one feature vector per image
 * @param targets N label arrays as in {@link org.omnirad.data.Sample#labels()}; each empty where
 *     nothing is known
 * @param ids N sample names
 * @param classNames the K class names; empty where the images have no labels
 * @param record data, encoder and settings behind the vectors
 */
public record Features(
    float[][] vectors,
    int[][] targets,
    List<String> ids,
    List<String> classNames,
    RunRecord record) {

  /** Checks that all parts have N entries. */
  public Features {
    if (vectors.length != targets.length || vectors.length != ids.size()) {
      throw new IllegalArgumentException(
          "%d vectors, %d targets, %d ids".formatted(vectors.length, targets.length, ids.size()));
    }
    ids = List.copyOf(ids);
    classNames = List.copyOf(classNames);
  }

  /** N, the number of images. */
  public int size() {
    return vectors.length;
  }

  /** D, the length of a vector; 0 where there is none. */
  public int dim() {
    return vectors.length == 0 ? 0 : vectors[0].length;
  }

  /**
   * The class index of each image.
   *
   * @throws IllegalStateException where an image has no label, or several
   */
  public int[] labels() {
    int[] labels = new int[targets.length];
    for (int i = 0; i < labels.length; i++) {
      if (targets[i].length != 1) {
        throw new IllegalStateException(
            "%s has %d labels, one is needed".formatted(ids.get(i), targets[i].length));
      }
      labels[i] = targets[i][0];
    }
    return labels;
  }
}
