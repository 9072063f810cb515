package org.omnirad.pretrain;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.omnirad.data.Sample;
import org.omnirad.encoder.Encoder;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.ParameterOps;
import org.omnirad.train.AdamW;
import org.omnirad.train.Checkpoint;
import org.omnirad.train.Checkpoints;
import org.omnirad.train.ParameterGroup;

/** Student, teacher, centres and optimiser: everything that a step changes. */
final class Trainee implements AutoCloseable {

  private static final String STUDENT = "student";
  private static final String TEACHER = "teacher";
  private static final String OPTIMISER = "optimiser";
  private static final String CENTRES = "centres";

  private final PretrainConfig config;
  private final Schedules schedules;
  private final NDManager manager;
  private final Network student;
  private final Network teacher;
  private final Targets targets;
  private final AdamW optimiser;
  private final Objective objective;
  private final ViewMaker views;
  private final RandomSource random;
  // The parameters of the student, and of the teacher in the same order.
  private final List<NDArray> taught;
  private final List<NDArray> teaching;

  /**
   * Starts a training from copies of an encoder.
   *
   * @param start where student and teacher begin
   * @param name of the encoder that the training makes
   */
  Trainee(PretrainConfig config, Schedules schedules, Encoder start, String name) {
    this.config = config;
    this.schedules = schedules;
    random = new RandomSource(config.seed());
    manager = Engine.getEngine("PyTorch").newBaseManager(start.device());
    try (var off = GradMode.off()) {
      student = new Network(manager, start.copy("student"), config, random);
      teacher = new Network(manager, start.copy(name), config, random);
      targets = new Targets(manager, config.objective(), config.head().prototypes());
      student.setTrained(true);
      teacher.setTrained(false);
      optimiser = new AdamW(manager, groups());
    }
    objective = new Objective(config, student, teacher, targets);
    views = new ViewMaker(config, start.config().patchSize(), start.preprocessing());
    taught = List.copyOf(student.parameters().values());
    teaching = List.copyOf(teacher.parameters().values());
  }

  /** Parameters that share module, learning rate and weight decay. */
  private List<ParameterGroup> groups() {
    record Kind(String module, double learningRate, double weightDecay, boolean prototypes) {}

    int depth = student.encoder().config().depth();
    return student.parameters().entrySet().stream()
        .collect(
            Collectors.groupingBy(
                entry -> {
                  String name = entry.getKey();
                  return new Kind(
                      name.substring(0, name.indexOf('.')),
                      LearningRates.factor(name, depth, config.optimiser()),
                      LearningRates.decays(name) ? 1 : 0,
                      ProjectionHead.isPrototypes(name));
                },
                LinkedHashMap::new,
                Collectors.toMap(
                    Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new)))
        .entrySet()
        .stream()
        .map(
            e ->
                new ParameterGroup(
                    e.getKey().module(),
                    e.getKey().learningRate(),
                    e.getKey().weightDecay(),
                    e.getValue()))
        .toList();
  }

  /** What a step came to. */
  record Step(Losses losses, Map<String, Double> gradientNorms) {

    double gradientNorm() {
      return Math.sqrt(gradientNorms.values().stream().mapToDouble(n -> n * n).sum());
    }

    boolean isFinite() {
      return Double.isFinite(losses.total()) && Double.isFinite(gradientNorm());
    }
  }

  /**
   * Computes losses and gradients of a batch; {@link #update} then moves the parameters.
   *
   * @param step 0-based
   */
  Step look(long step, List<Sample> batch) {
    boolean[][] masks = views.masks(step);
    int micro = config.batch().microSize();
    Losses losses = Losses.NONE;
    for (int first = 0; first < batch.size(); first += micro) {
      try (NDManager part = manager.newSubManager()) {
        Views made = views.make(part, batch.subList(first, first + micro), step, first, masks);
        losses = losses.plus(gradients(step, first, made));
      }
    }
    return step(losses);
  }

  /** Adds the gradients of the part of the batch that begins with image {@code first}. */
  Losses gradients(long step, int first, Views part) {
    double temperature = schedules.teacherTemperature().at(step);
    return objective.backward(part, temperature, random.at(step, "pretrain/drop_path/" + first));
  }

  /** What a step came to whose gradients are there. */
  Step step(Losses losses) {
    return new Step(losses, optimiser.gradientNorms());
  }

  /** Drops what {@link #look} gathered. */
  void forget() {
    try (var off = GradMode.off()) {
      optimiser.zeroGradients();
      targets.forget();
    }
  }

  /** Moves student, teacher and centres by the gradients of {@link #look}. */
  void update(long step, Step seen) {
    try (var off = GradMode.off()) {
      double rate = schedules.learningRate().at(step);
      double prototypesRate = step < schedules.frozenPrototypesSteps() ? 0 : rate;
      optimiser.step(
          seen.gradientNorms(),
          config.optimiser().clipNorm(),
          group -> group.learningRateFactor() * (arePrototypes(group) ? prototypesRate : rate),
          schedules.weightDecay().at(step));
      optimiser.zeroGradients();
      ParameterOps.moveTowards(teaching, taught, 1 - schedules.teacherMomentum().at(step));
      targets.endStep();
    }
  }

  private static boolean arePrototypes(ParameterGroup group) {
    return ProjectionHead.isPrototypes(group.parameters().keySet().iterator().next());
  }

  /** The encoder that the training makes. */
  Encoder teacher() {
    return teacher.encoder();
  }

  Device device() {
    return manager.getDevice();
  }

  /** All tensors of a checkpoint by file. */
  Map<String, Map<String, NDArray>> tensors() {
    return Map.of(
        STUDENT, student.parameters(),
        TEACHER, teacher.parameters(),
        OPTIMISER, optimiser.state(),
        CENTRES, targets.state());
  }

  void restore(Checkpoints checkpoints, Checkpoint checkpoint) {
    tensors().forEach((file, arrays) -> checkpoints.restore(checkpoint, file, arrays));
  }

  @Override
  public void close() {
    student.close();
    teacher.close();
    manager.close();
  }
}
