package org.omnirad.classify;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.metric.Task;
import org.omnirad.nn.Lora;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;
import org.omnirad.run.TemporaryFolder;
import org.omnirad.tensor.Precision;
import org.omnirad.train.EpochTraining;
import org.omnirad.train.RunFolder;
import org.omnirad.train.TrainingStoppedException;

/**
 * Fine-tunes a classifier: adapters beside the frozen encoder, or every weight. After each epoch
 * the model is scored on validation; the one with the highest macro F1 is kept, the later among
 * equals.
 */
public final class FineTuner {

  /**
   * The columns of the metrics after {@link EpochTraining#COLUMNS}, whose loss is in nats, each
   * image with its class weight: the learning rate of the epoch, and the scores of the model after
   * it on validation, 0 to 1, precision, recall and F1 as means over the classes.
   */
  public static final List<String> COLUMNS =
      List.of("learning_rate", "val_accuracy", "val_precision", "val_recall", "val_f1", "val_auc");

  private final Encoder start;
  private final ImageDataset dataset;
  private final FineTuneConfig config;
  private final Path path;
  private final ImageList train;
  private final ImageList val;
  private final int[] counts;

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
    var trainee = new Trainee(config, start, name, val, classWeights());
    try (trainee;
        var folder = RunFolder.open(path, config, identity, machine)) {
      EpochTraining.Result best =
          new EpochTraining("fine-tune", train, config.batchSize(), config.epochs(), config.seed())
              .run(trainee, folder, COLUMNS);
      trainee.lora().ifPresent(l -> l.save(path.resolve("adapter"), trainee.headParameters()));
      RunRecord record =
          machine
              .with(identity)
              .with("data.skipped", best.skipped())
              .with("classifier", config.adapters() != null ? "LoRA" : "full fine-tuning")
              .with("fine_tune.config", config)
              .with("fine_tune.trained", trainee.numTrained())
              .with("fine_tune.best_epoch", best.bestEpoch())
              .with("fine_tune.best_val_f1", best.bestScore());
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
}
