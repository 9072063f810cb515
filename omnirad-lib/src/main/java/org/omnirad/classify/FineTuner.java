package org.omnirad.classify;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.TrainingStream;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.nn.Lora;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;
import org.omnirad.run.TemporaryFolder;
import org.omnirad.tensor.Precision;
import org.omnirad.train.Checkpoint;
import org.omnirad.train.MetricsLog;
import org.omnirad.train.RunFolder;
import org.omnirad.train.TrainingStoppedException;

/**
 * Fine-tunes a classifier: adapters beside the frozen encoder, or every weight. After each epoch
 * the model is scored on validation; the one with the highest macro F1 is kept, the later among
 * equals.
 */
public final class FineTuner {

  /**
   * The columns of the metrics after {@code step}, the number of steps done, one row for each
   * epoch: the number of the epoch from 1; the mean over its steps of the loss, in nats, each image
   * with its class weight, and of the L2 norm of all gradients before clipping; the learning rate
   * of the epoch; images a second; and the scores of the model after it on validation, 0 to 1,
   * precision, recall and F1 as means over the classes.
   */
  public static final List<String> COLUMNS =
      List.of(
          "epoch",
          "loss",
          "gradient_norm",
          "learning_rate",
          "images_per_second",
          "val_accuracy",
          "val_precision",
          "val_recall",
          "val_f1",
          "val_auc");

  private static final String SKIPPED = "skipped";

  private final Encoder start;
  private final ImageDataset dataset;
  private final FineTuneConfig config;
  private final Path path;
  private final ImageList train;
  private final ImageList val;
  private final int[] counts;
  private final long stepsPerEpoch;
  private long skippedBefore;
  private long skipped;
  private int named;

  private FineTuner(Encoder start, ImageDataset dataset, FineTuneConfig config, Path path) {
    this.start = start;
    this.dataset = dataset;
    this.config = config;
    this.path = path;
    train = dataset.split(Split.TRAIN);
    val = dataset.split(Split.VAL);
    SplitLabels.require(dataset, Split.TRAIN);
    SplitLabels.require(dataset, Split.VAL);
    counts = train.classCounts();
    if (Arrays.stream(counts).filter(n -> n > 0).count() < (isMultiLabel() ? 1 : 2)) {
      throw new InputException(
          "The train images of %s are of one class only.".formatted(dataset.name()),
          "A classifier needs images of at least two classes.");
    }
    stepsPerEpoch = Math.max(1, train.size() / config.batchSize());
  }

  /** Fine-tunes without keeping checkpoints. */
  public static Classifier fit(Encoder encoder, ImageDataset dataset, FineTuneConfig config) {
    try (var folder = TemporaryFolder.create()) {
      return fit(encoder, dataset, config, folder.path());
    }
  }

  /**
   * Fine-tunes, or goes on with the run that the folder holds, after the last epoch that it
   * finished. An image that cannot be decoded is passed over in training, named in {@code run.log}
   * and counted in the classifier's record.
   *
   * @param encoder where the training starts; it stays as it is
   * @param dataset its train split is learned, its validation split chooses the epoch
   * @param folder new, empty, or that of a run with the same encoder, data and config; {@code
   *     adapter/} in it holds the trained adapters in PEFT's files
   * @return the best model, adapters merged into its weights
   * @throws InputException where data or folder cannot be used, a validation image among them
   * @throws CancellationException where the thread was interrupted
   * @throws TrainingStoppedException where loss or gradients are not finite
   */
  public static Classifier fit(
      Encoder encoder, ImageDataset dataset, FineTuneConfig config, Path folder) {
    return new FineTuner(encoder, dataset, config, folder).fit();
  }

  private boolean isMultiLabel() {
    return dataset.task() == Task.MULTI_LABEL;
  }

  private Classifier fit() {
    RunRecord identity =
        new RunRecord(Map.of())
            .with("start", start.name())
            .with("start.md5", start.record().entries().get("encoder.md5"))
            .with(train.record())
            .with("val.", val.record());
    RunRecord machine = RunRecord.ofMachine().with("device", start.device());
    String name = start.name() + (config.adapters() != null ? " + LoRA" : " fine-tuned");
    var trainee = new Trainee(config, start, name, dataset.task(), classWeights());
    try (trainee;
        var folder = RunFolder.open(path, config, identity, machine)) {
      Optional<Checkpoint> last = folder.checkpoints().last();
      last.ifPresent(
          checkpoint -> {
            trainee.restore(folder.checkpoints(), checkpoint);
            skippedBefore = checkpoint.values().getOrDefault(SKIPPED, 0.0).longValue();
            skipped = skippedBefore;
            folder.log("goes on after step " + checkpoint.step());
          });
      long done = last.map(Checkpoint::step).orElse(0L);
      try (MetricsLog metrics = folder.metrics(COLUMNS, last.isPresent() ? done : -1)) {
        train(trainee, folder, metrics, done);
      }
      Checkpoint best = folder.checkpoints().best().orElseThrow();
      trainee.restoreModel(folder.checkpoints(), best);
      trainee.lora().ifPresent(l -> l.save(path.resolve("adapter"), trainee.headParameters()));
      RunRecord record =
          machine
              .with(identity)
              .with("data.skipped", skipped)
              .with("classifier", config.adapters() != null ? "LoRA" : "full fine-tuning")
              .with("fine_tune.config", config)
              .with("fine_tune.trained", trainee.numTrained())
              .with("fine_tune.best_epoch", best.step() / stepsPerEpoch)
              .with("fine_tune.best_val_f1", best.score());
      var head = trainee.head();
      trainee.lora().ifPresent(Lora::merge);
      return new Classifier(
          trainee.encoder().setPrecision(Precision.FLOAT32),
          FeatureSpec.cls(),
          head,
          dataset.classNames(),
          record);
    } catch (RuntimeException e) {
      trainee.encoder().close();
      throw e;
    }
  }

  private double[] classWeights() {
    boolean weighted = config.classWeights() && !isMultiLabel();
    return weighted ? classWeights(counts) : IntStream.of(counts).mapToDouble(n -> 1).toArray();
  }

  /** sqrt(N / n) of each class with n of N images (authors' code), or 1 where n is 0. */
  static double[] classWeights(int[] counts) {
    double all = IntStream.of(counts).sum();
    return IntStream.of(counts).mapToDouble(n -> n > 0 ? Math.sqrt(all / n) : 1).toArray();
  }

  private void train(Trainee trainee, RunFolder folder, MetricsLog metrics, long firstStep) {
    int batch = config.batchSize();
    long steps = config.epochs() * stepsPerEpoch;
    var source = new TrainingStream.Source(train, 1);
    try (var stream =
            new TrainingStream(List.of(source), batch, new RandomSource(config.seed()), firstStep);
        var progress = Progress.of("fine-tune", "images", (steps - firstStep) * batch)) {
      for (int epoch = (int) (firstStep / stepsPerEpoch); epoch < config.epochs(); epoch++) {
        long started = System.nanoTime();
        double loss = 0;
        double norm = 0;
        for (long i = 0; i < stepsPerEpoch; i++) {
          long step = epoch * stepsPerEpoch + i;
          Trainee.Step seen = step(trainee, folder, epoch, step, stream.next());
          logSkipped(stream, folder);
          loss += seen.loss() / stepsPerEpoch;
          norm += seen.gradientNorm() / stepsPerEpoch;
          progress.step(batch);
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        var row = new LinkedHashMap<String, Double>();
        row.put("epoch", epoch + 1.0);
        row.put("loss", loss);
        row.put("gradient_norm", norm);
        row.put("learning_rate", config.learningRate(epoch));
        row.put("images_per_second", stepsPerEpoch * batch / seconds);
        double score = validate(trainee, row);
        long done = (epoch + 1) * stepsPerEpoch;
        metrics.add(done, row);
        folder
            .checkpoints()
            .write(done, Optional.of(score), trainee.tensors(), Map.of(SKIPPED, (double) skipped));
      }
    }
  }

  private void logSkipped(TrainingStream stream, RunFolder folder) {
    skipped = skippedBefore + stream.skipped();
    for (; named < stream.broken().size(); named++) {
      folder.logOnce("skipped an image: " + stream.broken().get(named).message());
    }
  }

  private static Trainee.Step step(
      Trainee trainee, RunFolder folder, int epoch, long step, List<Sample> samples) {
    Trainee.Step seen = trainee.look(step, samples);
    if (!seen.isFinite()) {
      // As in pretraining, a fault of the engine does not come twice.
      folder.log("step %d: %s; computed again".formatted(step, seen));
      trainee.forget();
      seen = trainee.look(step, samples);
    }
    if (!seen.isFinite()) {
      String message =
          ("Step %d: the loss is %s and the norm of its gradients %s, so the step was not taken. "
                  + "Try half of learning_rate, or precision FLOAT32.")
              .formatted(step, seen.loss(), seen.gradientNorm());
      folder.log(message);
      throw new TrainingStoppedException(message);
    }
    trainee.update(epoch, seen);
    return seen;
  }

  /** Adds the scores on validation to the row; returns the macro F1. */
  private double validate(Trainee trainee, Map<String, Double> row) {
    Encoder encoder = trainee.encoder().setPrecision(Precision.FLOAT32);
    var head = trainee.head();
    var features = encoder.embed(val);
    encoder.setPrecision(config.precision());
    float[][] probabilities =
        Arrays.stream(features.vectors()).map(head::probabilities).toArray(float[][]::new);
    var predictions =
        new Predictions(
            dataset.task(), features.targets(), probabilities, dataset.classNames().size());
    row.put("val_accuracy", predictions.score(Measure.ACCURACY));
    row.put("val_precision", predictions.score(Measure.MACRO_PRECISION));
    row.put("val_recall", predictions.score(Measure.MACRO_RECALL));
    row.put("val_f1", predictions.score(Measure.MACRO_F1));
    row.put("val_auc", predictions.score(Measure.AUC));
    return row.get("val_f1");
  }
}
