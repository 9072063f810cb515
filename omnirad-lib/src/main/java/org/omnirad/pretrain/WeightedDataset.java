package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

import org.omnirad.data.ImageDataset;

/**
 * A dataset of a mixture.
 *
 * @param dataset its training split is used, labels ignored
 * @param weight its part of the images, relative to that of the others, above 0
 */
public record WeightedDataset(ImageDataset dataset, double weight) {

  /** Checks the weight. */
  public WeightedDataset {
    require(weight > 0, "weight", weight, "above 0");
  }
}
