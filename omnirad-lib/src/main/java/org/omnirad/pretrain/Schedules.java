package org.omnirad.pretrain;

import org.omnirad.train.Schedule;

/**
 * What changes from step to step.
 *
 * @param learningRate before the factors of layers
 * @param frozenPrototypesSteps steps whose learning rate of the prototypes is 0
 */
record Schedules(
    long steps,
    Schedule learningRate,
    Schedule weightDecay,
    Schedule teacherMomentum,
    Schedule teacherTemperature,
    long frozenPrototypesSteps) {

  private static final double REFERENCE_BATCH = 1024;

  /** The schedules of a config whose epochs have so many steps. */
  static Schedules of(PretrainConfig config, long stepsPerEpoch) {
    OptimiserConfig o = config.optimiser();
    long steps = Math.multiplyExact(config.batch().epochs(), stepsPerEpoch);
    double peak = o.baseLearningRate() * Math.sqrt(config.batch().size() / REFERENCE_BATCH);
    long warmup = Math.min(steps, (long) (o.warmupEpochs() * stepsPerEpoch));
    long temperatureWarmup = (long) (o.temperatureWarmupEpochs() * stepsPerEpoch);
    return new Schedules(
        steps,
        Schedule.cosine(peak, o.minLearningRate(), steps).withWarmup(0, warmup),
        Schedule.cosine(o.weightDecay(), o.finalWeightDecay(), steps),
        Schedule.cosine(o.teacherMomentum(), 1, steps),
        Schedule.line(o.teacherTemperature(), o.finalTeacherTemperature(), temperatureWarmup),
        (long) (o.frozenPrototypesEpochs() * stepsPerEpoch));
  }
}
