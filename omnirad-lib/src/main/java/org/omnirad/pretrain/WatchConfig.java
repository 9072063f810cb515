package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

/**
 * How a pretraining is watched and saved.
 *
 * @param checkpointSteps steps from one checkpoint to the next
 * @param scoreSteps steps from one kNN score of the teacher to the next, where images have labels;
 *     0 for never
 * @param images most images that the score is taken with, of the training and of the validation
 *     split each
 */
public record WatchConfig(long checkpointSteps, long scoreSteps, int images) {

  /** Checks every value. */
  public WatchConfig {
    require(checkpointSteps >= 1, "checkpointSteps", checkpointSteps, "at least 1");
    require(scoreSteps >= 0, "scoreSteps", scoreSteps, "at least 0");
    require(images >= 1, "images", images, "at least 1");
  }
}
