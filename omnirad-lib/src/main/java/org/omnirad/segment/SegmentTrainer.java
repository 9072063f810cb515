package org.omnirad.segment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.PrefetchedBatches;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.TrainingStream;
import org.omnirad.encoder.BlockTokens;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureCache;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.MaskMeasure;
import org.omnirad.report.SegmentationReport;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;
import org.omnirad.run.TemporaryFolder;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Precision;
import org.omnirad.train.Checkpoint;
import org.omnirad.train.MetricsLog;
import org.omnirad.train.RunFolder;
import org.omnirad.train.TrainingStoppedException;

/**
 * Trains a segmenter. After each epoch it is scored on validation, at the size that it sees; the
 * model with the highest Dice is kept, the later among equals.
 */
public final class SegmentTrainer {

  /**
   * The columns of the metrics after {@code step}, one row for each epoch: the mean loss (nats, and
   * 1 less Dice where that counts), the mean norm of its gradients, and the scores on validation by
   * {@link org.omnirad.metric.MaskProtocol#MEDSEGBENCH}.
   */
  public static final List<String> COLUMNS =
      List.of("epoch", "loss", "gradient_norm", "images_per_second", "val_dice", "val_iou");

  // No interval is asked for, so that the fewest resamples will do.
  private static final Bootstrap POINTS_ONLY = new Bootstrap(2, 0.95, 0);

  private final Encoder start;
  private final ImageDataset dataset;
  private final SegmentConfig config;
  private final Path path;
  private final Optional<FeatureCache> cache;
  private final ImageList train;
  private final ImageList val;
  private final List<String> classNames;
  private final int batchSize;
  private final long stepsPerEpoch;

  private SegmentTrainer(
      Encoder start,
      ImageDataset dataset,
      SegmentConfig config,
      Path path,
      Optional<FeatureCache> cache) {
    this.start = start;
    this.dataset = dataset;
    this.config = config;
    this.path = path;
    this.cache = cache;
    train = dataset.split(Split.TRAIN);
    val = dataset.split(Split.VAL);
    classNames = dataset.maskClassNames();
    if (classNames.size() < 2) {
      throw new InputException(
          dataset.name() + " has no masks.", "Segmentation learns from images with masks.");
    }
    requireImages(train, "train");
    requireImages(val, "validation");
    requireForeground();
    batchSize = Math.min(config.batchSize(), train.size());
    stepsPerEpoch = train.size() / batchSize;
  }

  /** Trains without keeping checkpoints. */
  public static Segmenter fit(Encoder encoder, ImageDataset dataset, SegmentConfig config) {
    try (var folder = TemporaryFolder.create()) {
      return fit(encoder, dataset, config, folder.path());
    }
  }

  /**
   * Trains, or goes on with the run that the folder holds, after its last whole epoch. A frozen
   * encoder's tokens are kept in {@link FeatureCache#fromEnvironment}.
   *
   * @param encoder what the adapter is trained on; it stays as it is
   * @param dataset its train split is learned, its validation split chooses the epoch
   * @param folder new, empty, or that of a run with the same encoder, data and config
   * @return the best model
   * @throws InputException where data or folder cannot be used
   * @throws CancellationException where the thread was interrupted
   * @throws TrainingStoppedException where loss or gradients are not finite
   */
  public static Segmenter fit(
      Encoder encoder, ImageDataset dataset, SegmentConfig config, Path folder) {
    return fit(encoder, dataset, config, folder, Optional.of(FeatureCache.fromEnvironment()));
  }

  static Segmenter fit(
      Encoder encoder,
      ImageDataset dataset,
      SegmentConfig config,
      Path folder,
      Optional<FeatureCache> cache) {
    return new SegmentTrainer(encoder, dataset, config, folder, cache).fit();
  }

  private void requireImages(ImageList images, String split) {
    if (images.size() == 0) {
      throw new InputException(
          "%s has no %s images.".formatted(dataset.name(), split),
          "A segmenter learns from one split and is chosen on another.");
    }
  }

  private void requireForeground() {
    for (int i = 0; i < train.size(); i++) {
      for (byte value : SegmentNetwork.presentMask(train.get(i))) {
        if (value != 0) {
          return;
        }
      }
    }
    throw new InputException(
        "Every mask of the train images of %s is empty.".formatted(dataset.name()),
        "A segmenter learns what the foreground %s looks like from images that show it."
            .formatted(classNames.subList(1, classNames.size())));
  }

  private Segmenter fit() {
    RunRecord identity =
        new RunRecord(Map.of())
            .with("start", start.name())
            .with("start.md5", start.record().entries().get("encoder.md5"))
            .with(train.record())
            .with("data.validation", val.record().entries());
    RunRecord machine = RunRecord.ofMachine().with("device", start.device());
    SegmentNetwork network =
        SegmentNetwork.start(
            start.copy(start.name() + (config.isFrozen() ? "" : " fine-tuned")),
            config,
            classNames,
            new RandomSource(config.seed()));
    network.setPrecision(config.precision());
    try (var trainee = new Trainee(config, network);
        var folder = RunFolder.open(path, config, identity, machine)) {
      Optional<Checkpoint> last = folder.checkpoints().last();
      last.ifPresent(
          checkpoint -> {
            trainee.restore(folder.checkpoints(), checkpoint);
            folder.log("goes on after step " + checkpoint.step());
          });
      long done = last.map(Checkpoint::step).orElse(0L);
      try (MetricsLog metrics = folder.metrics(COLUMNS, last.isPresent() ? done : -1)) {
        train(trainee, network, folder, metrics, done);
      }
      Checkpoint best = folder.checkpoints().best().orElseThrow();
      trainee.restoreModel(folder.checkpoints(), best);
      network.setPrecision(Precision.FLOAT32);
      return new Segmenter(
          network,
          machine
              .with(identity)
              .with("segment.config", config)
              .with("segment.trained", trainee.numTrained())
              .with("segment.best_epoch", best.step() / stepsPerEpoch)
              .with("segment.best_val_dice", best.score()));
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private void train(
      Trainee trainee,
      SegmentNetwork network,
      RunFolder folder,
      MetricsLog metrics,
      long firstStep) {
    BlockTokens trainTokens = tokens(network, train, !config.augmented());
    BlockTokens valTokens = tokens(network, val, true);
    var source = new TrainingStream.Source(train, 1);
    var random = new RandomSource(config.seed());
    long steps = config.epochs() * stepsPerEpoch;
    try (var stream = new TrainingStream(List.of(source), batchSize, random, firstStep);
        var progress = Progress.of("segment", "images", (steps - firstStep) * batchSize)) {
      for (int epoch = (int) (firstStep / stepsPerEpoch); epoch < config.epochs(); epoch++) {
        long started = System.nanoTime();
        double loss = 0;
        double norm = 0;
        for (long i = 0; i < stepsPerEpoch; i++) {
          Trainee.Step seen =
              step(trainee, folder, epoch * stepsPerEpoch + i, stream.next(), trainTokens);
          loss += seen.loss() / stepsPerEpoch;
          norm += seen.gradientNorm() / stepsPerEpoch;
          progress.step(batchSize);
        }
        stream.broken().forEach(image -> folder.logOnce("skipped: " + image.message()));
        double seconds = (System.nanoTime() - started) / 1e9;
        var row = new LinkedHashMap<String, Double>();
        row.put("epoch", epoch + 1.0);
        row.put("loss", loss);
        row.put("gradient_norm", norm);
        row.put("images_per_second", stepsPerEpoch * batchSize / seconds);
        double score = validate(network, valTokens, row);
        long done = (epoch + 1) * stepsPerEpoch;
        metrics.add(done, row);
        folder.checkpoints().write(done, Optional.of(score), trainee.tensors(), Map.of());
      }
    }
  }

  /** Kept from epoch to epoch where the encoder and what it sees stay the same. */
  private BlockTokens tokens(SegmentNetwork network, ImageList images, boolean sameImages) {
    return cache
        .filter(c -> config.isFrozen() && sameImages)
        .map(c -> c.tokens(network.encoder(), images, network.blocks()))
        .orElseGet(() -> new BlockTokens(network.encoder(), network.blocks()));
  }

  private static Trainee.Step step(
      Trainee trainee, RunFolder folder, long step, List<Sample> samples, BlockTokens tokens) {
    Trainee.Step seen = trainee.look(step, samples, tokens);
    if (!seen.isFinite()) {
      String message =
          ("Step %d: the loss is %s and the norm of its gradients %s, so the step was not taken. "
                  + "Try half of learningRate, or precision FLOAT32.")
              .formatted(step, seen.loss(), seen.gradientNorm());
      folder.log(message);
      throw new TrainingStoppedException(message);
    }
    trainee.update(seen);
    return seen;
  }

  /** Adds the scores on validation to the row; returns the Dice. */
  private double validate(SegmentNetwork network, BlockTokens tokens, Map<String, Double> row) {
    var scores = SegmentationReport.builder("validation", classNames);
    int size = config.imageSize();
    try (var off = GradMode.off();
        var batches = new PrefetchedBatches(val, batchSize)) {
      while (batches.hasNext()) {
        List<Sample> batch = batches.next();
        byte[][] truth = network.squareMasks(batch);
        byte[][] predicted = network.squarePredictions(batch, tokens);
        for (int i = 0; i < truth.length; i++) {
          scores.add(batch.get(i).id(), size, size, truth[i], predicted[i]);
        }
      }
    }
    SegmentationReport report = scores.build(val.record(), POINTS_ONLY);
    row.put("val_dice", point(report, MaskMeasure.DICE));
    row.put("val_iou", point(report, MaskMeasure.IOU));
    return row.get("val_dice");
  }

  /** 0 where nothing was found and nothing was there to find. */
  private static double point(SegmentationReport report, MaskMeasure measure) {
    var interval = report.score(measure);
    return interval.defined() ? interval.point() : 0;
  }
}
