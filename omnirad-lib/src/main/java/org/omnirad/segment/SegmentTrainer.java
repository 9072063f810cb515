package org.omnirad.segment;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.Split;
import org.omnirad.encoder.BlockTokens;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureCache;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;
import org.omnirad.run.TemporaryFolder;
import org.omnirad.tensor.Precision;
import org.omnirad.train.EpochTraining;
import org.omnirad.train.RunFolder;
import org.omnirad.train.TrainingStoppedException;

/**
 * Trains a segmenter. After each epoch it is scored on validation, at the size that it sees; the
 * model with the highest Dice is kept, the later among equals.
 */
public final class SegmentTrainer {

  /**
   * The columns of the metrics after {@link EpochTraining#COLUMNS}, whose loss is in nats, plus 1
   * less Dice where that counts: the scores of the model after the epoch on validation by {@link
   * org.omnirad.metric.MaskProtocol#MEDSEGBENCH}, 0 to 1.
   */
  public static final List<String> COLUMNS = List.of("val_dice", "val_iou");

  private final Encoder start;
  private final ImageDataset dataset;
  private final SegmentConfig config;
  private final Path path;
  private final Optional<FeatureCache> cache;
  private final ImageList train;
  private final ImageList val;
  private final List<String> classNames;

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
            .with("val.", val.record());
    RunRecord machine = RunRecord.ofMachine().with("device", start.device());
    SegmentNetwork network =
        SegmentNetwork.start(
            start.copy(start.name() + (config.isFrozen() ? "" : " fine-tuned")),
            config,
            classNames,
            new RandomSource(config.seed()));
    network.setPrecision(config.precision());
    try (var trainee =
            new Trainee(
                config,
                network,
                tokens(network, train, !config.augmented()),
                val,
                tokens(network, val, true));
        var folder = RunFolder.open(path, config, identity, machine)) {
      int batchSize = Math.min(config.batchSize(), train.size());
      EpochTraining.Result best =
          new EpochTraining("segment", train, batchSize, config.epochs(), config.seed())
              .run(trainee, folder, COLUMNS);
      network.setPrecision(Precision.FLOAT32);
      return new Segmenter(
          network,
          machine
              .with(identity)
              .with("data.skipped", best.skipped())
              .with("segment.config", config)
              .with("segment.trained", trainee.numTrained())
              .with("segment.best_epoch", best.bestEpoch())
              .with("segment.best_val_dice", best.bestScore()));
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** Kept from epoch to epoch where the encoder and what it sees stay the same. */
  private BlockTokens tokens(SegmentNetwork network, ImageList images, boolean sameImages) {
    return cache
        .filter(c -> config.isFrozen() && sameImages)
        .map(c -> c.tokens(network.encoder(), images, network.blocks()))
        .orElseGet(() -> new BlockTokens(network.encoder(), network.blocks()));
  }
}
