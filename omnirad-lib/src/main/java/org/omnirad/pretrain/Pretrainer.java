package org.omnirad.pretrain;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.TrainingStream;
import org.omnirad.encoder.Encoder;
import org.omnirad.report.PretrainReport;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;
import org.omnirad.train.Checkpoint;
import org.omnirad.train.MetricsLog;
import org.omnirad.train.RunFolder;
import org.omnirad.train.TrainingStoppedException;

/**
 * Pretrains an encoder on images without their labels: a student learns to say of one view of an
 * image what its own moving mean, the teacher, says of another (DINOv2 on global views, as OmniRad
 * has it; {@link PretrainConfig} has every setting).
 *
 * <p>A run folder holds {@code config.json}, {@code run.json}, {@code metrics.csv}, {@code
 * run.log}, checkpoints and, at the end, the teacher's encoder. A run that was killed or
 * interrupted goes on from its last checkpoint when it is started again, and gives the same numbers
 * as one that was not.
 */
public final class Pretrainer {

  private static final String SKIPPED = "skipped";
  private static final String SECONDS = "seconds";
  private static final String PROCESSOR_SECONDS = "seconds.processors";
  // Before the columns of a row that still lacks its score.
  private static final String ROW = "row.";
  private static final String SCORE = "knn_accuracy";

  /**
   * The columns of the metrics after {@code step}, the number of steps done: losses and entropies
   * in nats (entropies are means over images, {@code marginal_entropy} that of the mean target;
   * {@code loss} is the weighted sum of {@code dino}, {@code ibot} and {@code koleo}); {@code
   * spread} of the teacher's features, 0 where all point the same way, to 1; the L2 norm of all
   * gradients before clipping; what the schedules gave; images a second; and the teacher's kNN
   * accuracy, 0 to 1, NaN at steps without a score.
   */
  public static final List<String> COLUMNS =
      List.of(
          "loss",
          "dino",
          "ibot",
          "koleo",
          "teacher_entropy",
          "student_entropy",
          "marginal_entropy",
          "spread",
          "gradient_norm",
          "learning_rate",
          "weight_decay",
          "teacher_momentum",
          "teacher_temperature",
          "images_per_second",
          SCORE);

  private final List<WeightedDataset> datasets;
  private final PretrainConfig config;
  private final Path path;
  private final Optional<Watch> watch;
  private final Schedules schedules;
  private final Monitor monitor;
  private final long started = System.nanoTime();
  private final double processorSecondsAtStart = processorSecondsOfJvm();
  private double secondsBefore;
  private double processorSecondsBefore;
  private Map<String, Double> unscored = Map.of();
  private long done;
  private long skippedBefore;
  private long skipped;
  private int named;

  private Pretrainer(List<WeightedDataset> datasets, PretrainConfig config, Path folder) {
    if (datasets.isEmpty()) {
      throw new IllegalArgumentException("no dataset to pretrain on");
    }
    this.datasets = List.copyOf(datasets);
    this.config = config;
    path = folder;
    monitor = new Monitor(config.head().prototypes());
    watch =
        datasets.stream()
            .map(d -> Watch.of(d.dataset(), config))
            .flatMap(Optional::stream)
            .findFirst();
    long images = datasets.stream().mapToLong(d -> d.dataset().split(Split.TRAIN).size()).sum();
    schedules = Schedules.of(config, config.batch().stepsPerEpoch(images));
  }

  /**
   * Pretrains on the training split of a dataset, or goes on with the run that the folder holds.
   *
   * @param folder new, empty, or that of a run with the same data and config
   * @return the run, at its end
   * @throws InputException where data, start or folder cannot be used
   * @throws CancellationException where the thread was interrupted; a checkpoint was written
   * @throws TrainingStoppedException where the training collapsed or its numbers were none; the
   *     last checkpoint is from before
   */
  public static PretrainRun run(ImageDataset dataset, PretrainConfig config, Path folder) {
    return run(List.of(new WeightedDataset(dataset, 1)), config, folder);
  }

  /** Pretrains on a mixture of datasets; the kNN score is that of the first that has labels. */
  public static PretrainRun run(
      List<WeightedDataset> datasets, PretrainConfig config, Path folder) {
    return new Pretrainer(datasets, config, folder).run();
  }

  private PretrainRun run() {
    RunRecord identity;
    Trainee begun;
    try (Encoder start = start()) {
      identity = identity(start);
      begun = new Trainee(config, schedules, start, "pretrained");
    }
    try (Trainee trainee = begun) {
      RunRecord machine = RunRecord.ofMachine().with("device", trainee.device());
      try (var folder = RunFolder.open(path, config, identity, machine)) {
        Optional<Checkpoint> last = folder.checkpoints().last();
        last.ifPresent(checkpoint -> resume(trainee, folder, checkpoint));
        String data =
            datasets.stream().map(d -> d.dataset().name()).collect(Collectors.joining(", "));
        try (MetricsLog metrics = folder.metrics(data, COLUMNS, last.isPresent() ? done : -1)) {
          train(trainee, folder, metrics);
          trainee.teacher().save(path.resolve("encoder"));
          RunRecord record =
              machine
                  .with(identity)
                  .with("data.skipped", skipped)
                  .with("seconds", Math.round(seconds()))
                  .with("seconds.processors", Math.round(processorSeconds()))
                  .with("config", config);
          return new PretrainRun(
              trainee.teacher().copy("pretrained"), metrics, report(metrics, record), path);
        }
      }
    }
  }

  /** Time spent on this run, before it was interrupted too. */
  private double seconds() {
    return secondsBefore + (System.nanoTime() - started) / 1e9;
  }

  private double processorSeconds() {
    return processorSecondsBefore + processorSecondsOfJvm() - processorSecondsAtStart;
  }

  /** 0 where the platform does not tell. */
  private static double processorSecondsOfJvm() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  private Encoder start() {
    if (config.start().isEmpty()) {
      return Encoder.random(config.encoder(), config.seed());
    }
    return Encoder.of(config.start());
  }

  private RunRecord identity(Encoder start) {
    RunRecord identity =
        new RunRecord(Map.of())
            .with("start", start.name())
            .with("start.md5", start.record().entries().get("encoder.md5"))
            .with("datasets", datasets.size());
    for (int i = 0; i < datasets.size(); i++) {
      String prefix = datasets.size() == 1 ? "" : "mixture." + i + ".";
      identity = identity.with(prefix, datasets.get(i).dataset().split(Split.TRAIN).record());
      if (datasets.size() > 1) {
        identity = identity.with(prefix + "weight", datasets.get(i).weight());
      }
    }
    return identity;
  }

  private void resume(Trainee trainee, RunFolder folder, Checkpoint checkpoint) {
    trainee.restore(folder.checkpoints(), checkpoint);
    done = checkpoint.step();
    monitor.restore(checkpoint.values());
    secondsBefore = checkpoint.values().getOrDefault(SECONDS, 0.0);
    processorSecondsBefore = checkpoint.values().getOrDefault(PROCESSOR_SECONDS, 0.0);
    skippedBefore = checkpoint.values().getOrDefault(SKIPPED, 0.0).longValue();
    skipped = skippedBefore;
    unscored =
        checkpoint.values().entrySet().stream()
            .filter(e -> e.getKey().startsWith(ROW))
            .collect(
                Collectors.toMap(e -> e.getKey().substring(ROW.length()), Map.Entry::getValue));
    folder.log("goes on after step " + done);
  }

  private void train(Trainee trainee, RunFolder folder, MetricsLog metrics) {
    int batch = config.batch().size();
    int side = 2 * config.views().first().size();
    List<TrainingStream.Source> sources =
        datasets.stream()
            .map(
                d ->
                    new TrainingStream.Source(
                        new Reduced(d.dataset().split(Split.TRAIN), side), d.weight()))
            .toList();
    long saved = done;
    try (var stream = new TrainingStream(sources, batch, new RandomSource(config.seed()), done);
        var progress = Progress.of("pretrain", "images", (schedules.steps() - done) * batch)) {
      if (done == 0) {
        score(trainee, folder).ifPresent(value -> metrics.add(0, Map.of(SCORE, value)));
      }
      Optional<Double> score =
          unscored.isEmpty() ? Optional.empty() : finish(trainee, folder, metrics);
      boolean due = score.isPresent();
      while (done < schedules.steps()) {
        List<Sample> samples = stream.next();
        long started = System.nanoTime();
        Trainee.Step seen = look(trainee, folder, samples);
        monitor.check(done, seen.losses(), seen.gradientNorm());
        if (due) {
          saved = save(trainee, folder, score) ? done : saved;
        }
        trainee.update(done, seen);
        double seconds = (System.nanoTime() - started) / 1e9;
        unscored = values(done, seen, samples.size() / seconds);
        done++;
        logSkipped(stream, folder);
        score = finish(trainee, folder, metrics);
        due = score.isPresent() || done % config.watch().checkpointSteps() == 0;
        progress.step(batch);
      }
      if (due || done > saved) {
        save(trainee, folder, score);
      }
    } catch (CancellationException e) {
      if (done > saved) {
        save(trainee, folder, Optional.empty());
      }
      folder.log("interrupted after step " + done);
      throw e;
    } catch (TrainingStoppedException e) {
      folder.log(e.getMessage());
      throw e;
    }
  }

  // A step is a function of its number and the seed. In bfloat16 on a CPU the engine gave, about
  // once in a thousand steps, an infinite gradient that the same step did not give again.
  private Trainee.Step look(Trainee trainee, RunFolder folder, List<Sample> samples) {
    Trainee.Step seen = trainee.look(done, samples);
    if (seen.isFinite()) {
      return seen;
    }
    folder.log(
        "step %d: loss %s, norm of the gradients %s; computed again"
            .formatted(done, seen.losses().total(), seen.gradientNorm()));
    trainee.forget();
    return trainee.look(done, samples);
  }

  /** Adds the row of the last step, with the teacher's score where it is time for one. */
  private Optional<Double> finish(Trainee trainee, RunFolder folder, MetricsLog metrics) {
    long every = config.watch().scoreSteps();
    Optional<Double> score =
        every > 0 && (done % every == 0 || done == schedules.steps())
            ? score(trainee, folder)
            : Optional.empty();
    var row = new LinkedHashMap<>(unscored);
    score.ifPresent(value -> row.put(SCORE, value));
    metrics.add(done, row);
    unscored = Map.of();
    return score;
  }

  private Optional<Double> score(Trainee trainee, RunFolder folder) {
    try {
      return watch.map(w -> w.score(trainee.teacher()));
    } catch (InputException e) {
      folder.logOnce("no kNN score: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Map<String, Double> values(long step, Trainee.Step seen, double imagesPerSecond) {
    Losses losses = seen.losses();
    var values = new LinkedHashMap<String, Double>();
    values.put("loss", losses.total());
    values.put("dino", losses.dino());
    values.put("ibot", losses.ibot());
    values.put("koleo", losses.koleo());
    values.put("teacher_entropy", losses.teacherEntropy());
    values.put("student_entropy", losses.studentEntropy());
    values.put("marginal_entropy", losses.marginalEntropy());
    values.put("spread", losses.spread());
    values.put("gradient_norm", seen.gradientNorm());
    values.put("learning_rate", schedules.learningRate().at(step));
    values.put("weight_decay", schedules.weightDecay().at(step));
    values.put("teacher_momentum", schedules.teacherMomentum().at(step));
    values.put("teacher_temperature", schedules.teacherTemperature().at(step));
    values.put("images_per_second", imagesPerSecond);
    return values;
  }

  /** Writes a checkpoint unless the training looks unwell; says whether it did. */
  private boolean save(Trainee trainee, RunFolder folder, Optional<Double> score) {
    if (!monitor.sound()) {
      return false;
    }
    var values = new LinkedHashMap<>(monitor.state());
    values.put(SKIPPED, (double) skipped);
    values.put(SECONDS, seconds());
    values.put(PROCESSOR_SECONDS, processorSeconds());
    unscored.forEach((column, value) -> values.put(ROW + column, value));
    folder.checkpoints().write(done, score, trainee.tensors(), values);
    return true;
  }

  private void logSkipped(TrainingStream stream, RunFolder folder) {
    skipped = skippedBefore + stream.skipped();
    for (; named < stream.broken().size(); named++) {
      folder.logOnce("skipped an image: " + stream.broken().get(named).message());
    }
  }

  private PretrainReport report(MetricsLog metrics, RunRecord record) {
    double[] losses = DoubleStream.of(metrics.column("loss")).filter(Double::isFinite).toArray();
    double[] scores = DoubleStream.of(metrics.column(SCORE)).filter(Double::isFinite).toArray();
    int part = Math.max(1, losses.length / 20);
    return new PretrainReport(
        schedules.steps(),
        schedules.steps() * config.batch().size(),
        DoubleStream.of(losses).limit(part).average().orElse(Double.NaN),
        DoubleStream.of(losses).skip(losses.length - part).average().orElse(Double.NaN),
        scores.length == 0 ? Optional.empty() : Optional.of(scores[0]),
        scores.length == 0 ? Optional.empty() : Optional.of(scores[scores.length - 1]),
        record);
  }
}
