package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

/**
 * How parameters move. Times are in epochs and need not be whole.
 *
 * @param baseLearningRate for a batch of 1,024; scaled by the root of the batch's ratio to that
 *     (DINOv2: 4e-3)
 * @param minLearningRate at the end (DINOv2: 1e-6)
 * @param warmupEpochs of the learning rate from 0 (DINOv2: a tenth of the run)
 * @param weightDecay at the start (DINOv2: 0.04)
 * @param finalWeightDecay at the end (DINOv2: 0.4)
 * @param teacherMomentum at the start (DINOv2: 0.992); 1 at the end
 * @param teacherTemperature at the start (DINOv2: 0.04)
 * @param finalTeacherTemperature after its warm-up (DINOv2: 0.07)
 * @param temperatureWarmupEpochs of the teacher's temperature (DINOv2: 30 % of the run)
 * @param layerDecay factor of the learning rate from each block to the one before (DINOv2: 0.9)
 * @param patchEmbedFactor more factor for the patch embedding (DINOv2: 0.2)
 * @param frozenPrototypesEpochs with prototypes held (DINOv2: 1 % of the run)
 * @param clipNorm of the gradients of backbone and of each head (DINOv2: 3)
 * @param dropPathRate part of the batch without a residual branch (DINOv2: 0.3)
 */
public record OptimiserConfig(
    double baseLearningRate,
    double minLearningRate,
    double warmupEpochs,
    double weightDecay,
    double finalWeightDecay,
    double teacherMomentum,
    double teacherTemperature,
    double finalTeacherTemperature,
    double temperatureWarmupEpochs,
    double layerDecay,
    double patchEmbedFactor,
    double frozenPrototypesEpochs,
    double clipNorm,
    double dropPathRate) {

  /** Checks every value. */
  public OptimiserConfig {
    require(baseLearningRate > 0, "baseLearningRate", baseLearningRate, "above 0");
    require(minLearningRate >= 0, "minLearningRate", minLearningRate, "at least 0");
    require(warmupEpochs >= 0, "warmupEpochs", warmupEpochs, "at least 0");
    require(weightDecay >= 0, "weightDecay", weightDecay, "at least 0");
    require(finalWeightDecay >= 0, "finalWeightDecay", finalWeightDecay, "at least 0");
    require(
        teacherMomentum >= 0 && teacherMomentum <= 1,
        "teacherMomentum",
        teacherMomentum,
        "in [0, 1]");
    require(teacherTemperature > 0, "teacherTemperature", teacherTemperature, "above 0");
    require(
        finalTeacherTemperature > 0, "finalTeacherTemperature", finalTeacherTemperature, "above 0");
    require(
        temperatureWarmupEpochs >= 0,
        "temperatureWarmupEpochs",
        temperatureWarmupEpochs,
        "at least 0");
    require(layerDecay > 0 && layerDecay <= 1, "layerDecay", layerDecay, "in (0, 1]");
    require(patchEmbedFactor >= 0, "patchEmbedFactor", patchEmbedFactor, "at least 0");
    require(
        frozenPrototypesEpochs >= 0,
        "frozenPrototypesEpochs",
        frozenPrototypesEpochs,
        "at least 0");
    require(clipNorm > 0, "clipNorm", clipNorm, "above 0");
    require(dropPathRate >= 0 && dropPathRate < 1, "dropPathRate", dropPathRate, "in [0, 1)");
  }

  /** DINOv2's defaults, with its times as the same parts of a run of other length. */
  public static OptimiserConfig dinov2(int epochs) {
    return new OptimiserConfig(
        4e-3,
        1e-6,
        0.1 * epochs,
        0.04,
        0.4,
        0.992,
        0.04,
        0.07,
        0.3 * epochs,
        0.9,
        0.2,
        0.01 * epochs,
        3,
        0.3);
  }
}
