package org.omnirad.classify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureCache;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.encoder.RawPixels;
import org.omnirad.metric.Predictions;
import org.omnirad.probe.FeatureClassifier;
import org.omnirad.probe.KnnClassifier;
import org.omnirad.probe.LinearProbe;
import org.omnirad.probe.LogisticRegression;
import org.omnirad.report.ComparisonCell;
import org.omnirad.report.ComparisonReport;
import org.omnirad.run.InputException;
import org.omnirad.run.Md5;
import org.omnirad.run.ProcessLock;
import org.omnirad.run.Progress;
import org.omnirad.run.RunRecord;
import org.omnirad.run.TemporaryFolder;

/**
 * Encoders x datasets x regimes x seeds as one plan, whose cells are the predictions for a test
 * split. Everything is learned on train and chosen on validation.
 *
 * @param contenders what is compared; fine-tuning is left out where there is no encoder
 * @param datasets each with labels in its three splits
 * @param regimes how each becomes a classifier
 * @param seeds of everything that is drawn; a regime that draws nothing gives the same for each
 */
public record Comparison(
    List<Contender> contenders,
    List<ImageDataset> datasets,
    List<Regime> regimes,
    List<Long> seeds) {

  private static final int PROBE_BLOCKS = 4;

  // Of the md5 that tells cells with equal names apart.
  private static final int DIGITS = 8;

  /**
   * Copies the lists.
   *
   * @throws InputException where one is empty, or names or seeds are not different
   */
  public Comparison {
    contenders = List.copyOf(contenders);
    datasets = List.copyOf(datasets);
    regimes = List.copyOf(regimes);
    seeds = List.copyOf(seeds);
    requireDifferent("contenders", contenders.stream().map(Contender::name).toList());
    requireDifferent("datasets", datasets.stream().map(ImageDataset::name).toList());
    requireDifferent("regimes", regimes.stream().map(Regime::name).toList());
    requireDifferent("seeds", seeds);
  }

  /** With the seeds 1 to {@code count}. */
  public Comparison(
      List<Contender> contenders, List<ImageDataset> datasets, List<Regime> regimes, int count) {
    this(contenders, datasets, regimes, LongStream.rangeClosed(1, count).boxed().toList());
  }

  private static void requireDifferent(String what, List<?> names) {
    if (names.isEmpty() || new HashSet<>(names).size() < names.size()) {
      throw new InputException(
          "The %s of a comparison are %s.".formatted(what, names),
          "Give at least one, and none twice.");
    }
  }

  /**
   * Computes the cells that the folder does not hold, features by {@link
   * FeatureCache#fromEnvironment}. A cell that fails is reported and the others go on; the next run
   * tries it again. A cell counts as computed only for the same weights, data, config and seed.
   * Where a split of a dataset is empty, or a label is none of its task, all cells of that dataset
   * fail before anything is computed for them.
   *
   * @param folder new, or that of an earlier run, of this plan or another
   * @throws InputException where another process uses the folder
   * @throws UncheckedIOException where it cannot be written to
   * @throws CancellationException where the thread was interrupted; what is finished stays
   */
  public ComparisonReport run(Path folder) {
    return run(folder, FeatureCache.fromEnvironment());
  }

  ComparisonReport run(Path folder, FeatureCache cache) {
    try {
      Files.createDirectories(folder);
      try (ProcessLock lock = lock(folder);
          var progress = Progress.of("compare", "cells", size())) {
        List<ComparisonCell> cells = new ArrayList<>();
        for (ImageDataset dataset : datasets) {
          Optional<RuntimeException> unusable = unusable(dataset);
          for (Contender contender : contenders) {
            for (long seed : seeds) {
              var row = new Row(folder, cache, dataset, contender, seed);
              cells.addAll(
                  unusable.isPresent()
                      ? row.failed(unusable.get(), progress)
                      : row.cells(progress));
            }
          }
        }
        return ComparisonReport.of(cells, RunRecord.ofMachine());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the folder " + folder + ": " + e, e);
    }
  }

  /** Why no cell of a dataset can be computed; empty where nothing is in the way. */
  private static Optional<RuntimeException> unusable(ImageDataset dataset) {
    try {
      for (Split split : Split.values()) {
        SplitLabels.require(dataset, split);
      }
      return Optional.empty();
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      return Optional.of(e);
    }
  }

  private static ProcessLock lock(Path folder) throws IOException {
    return ProcessLock.tryAcquire(folder.resolve(".lock"))
        .orElseThrow(
            () ->
                InputException.of(
                    folder,
                    "another comparison is running here.",
                    "Wait for it, or use another folder."));
  }

  /** How many cells the plan has. */
  public int size() {
    return datasets.size()
        * seeds.size()
        * contenders.stream().mapToInt(c -> regimesOf(c).size()).sum();
  }

  private List<Regime> regimesOf(Contender contender) {
    return regimes.stream()
        .filter(r -> !(contender instanceof Contender.Pixels && r instanceof Regime.FineTuning))
        .toList();
  }

  /** The cells of one dataset, contender and seed. */
  private final class Row {

    private final Path folder;
    private final FeatureCache cache;
    private final ImageDataset dataset;
    private final Contender contender;
    private final long seed;

    Row(Path folder, FeatureCache cache, ImageDataset dataset, Contender contender, long seed) {
      this.folder = folder;
      this.cache = cache;
      this.dataset = dataset;
      this.contender = contender;
      this.seed = seed;
    }

    List<ComparisonCell> cells(Progress progress) throws IOException {
      Optional<Encoder> encoder;
      try {
        encoder = contender.open(seed);
      } catch (CancellationException e) {
        throw e;
      } catch (RuntimeException e) {
        return failed(e, progress);
      }
      List<ComparisonCell> cells = new ArrayList<>();
      try {
        for (Regime regime : regimesOf(contender)) {
          cells.add(cell(encoder, regime));
          progress.step(1);
        }
      } finally {
        encoder.ifPresent(Encoder::close);
      }
      return cells;
    }

    List<ComparisonCell> failed(RuntimeException cause, Progress progress) {
      List<Regime> all = regimesOf(contender);
      progress.step(all.size());
      return all.stream().map(regime -> failed(regime, cause)).toList();
    }

    private ComparisonCell failed(Regime regime, RuntimeException cause) {
      String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      return ComparisonCell.failed(
          dataset.name(), contender.name(), regime.name(), seed, reason.lines().findFirst().get());
    }

    private ComparisonCell cell(Optional<Encoder> encoder, Regime regime) throws IOException {
      ComparisonCell cell;
      Path file;
      Path training;
      try {
        RunRecord identity = identity(encoder, regime);
        String name = fileName(regime, identity);
        file = folder.resolve(name + ".npz");
        training = folder.resolve(name);
        if (Files.isRegularFile(file)) {
          return CellFile.read(file);
        }
        cell = computed(encoder, regime, identity, training);
      } catch (CancellationException e) {
        throw e;
      } catch (RuntimeException e) {
        return failed(regime, e);
      }
      // Where these fail, so will those of every other cell.
      CellFile.write(file, cell);
      if (Files.exists(training)) { // its checkpoints are not needed any more
        TemporaryFolder.delete(training);
      }
      return cell;
    }

    private ComparisonCell computed(
        Optional<Encoder> encoder, Regime regime, RunRecord identity, Path training) {
      long started = System.nanoTime();
      float[][] probabilities = probabilities(encoder, regime, training);
      return new ComparisonCell(
          dataset.name(),
          contender.name(),
          regime.name(),
          seed,
          Optional.of(predictions(probabilities)),
          "",
          RunRecord.ofMachine()
              .with(identity)
              .with("seconds", (System.nanoTime() - started) / 1e9));
    }

    /** What a cell depends on. */
    private RunRecord identity(Optional<Encoder> encoder, Regime regime) {
      RunRecord record =
          new RunRecord(Map.of())
              .with("regime", regime)
              .with("seed", seed)
              .with("data.classes", dataset.classNames())
              .with(dataset.split(Split.TEST).record())
              .with("train.", dataset.split(Split.TRAIN).record())
              .with("val.", dataset.split(Split.VAL).record());
      return encoder.map(e -> record.with(e.record())).orElse(record.with("encoder", "raw pixels"));
    }

    /** Readable, and different for each identity. */
    private String fileName(Regime regime, RunRecord identity) {
      String readable =
          "%s_%s_%s_%d".formatted(dataset.name(), contender.name(), regime.name(), seed);
      return readable.replaceAll("[^A-Za-z0-9.-]+", "_")
          + "_"
          + Md5.of(identity.entries().toString()).substring(0, DIGITS);
    }

    private Predictions predictions(float[][] probabilities) {
      var test = dataset.split(Split.TEST);
      int[][] targets = new int[test.size()][];
      for (int i = 0; i < targets.length; i++) {
        targets[i] = test.labels(i);
      }
      return new Predictions(dataset.task(), targets, probabilities, dataset.classNames().size());
    }

    /** What a regime says of the test images. */
    private float[][] probabilities(Optional<Encoder> encoder, Regime regime, Path training) {
      return switch (regime) {
        case Regime.Knn knn ->
            predict(encoder, FeatureSpec.cls(), (train, val) -> KnnClassifier.fit(train, knn.k()));
        case Regime.Logistic logistic ->
            predict(
                encoder,
                FeatureSpec.cls(),
                (train, val) -> LogisticRegression.fit(train, val, logistic.config()));
        case Regime.Probe probe ->
            predict(
                encoder,
                encoder.map(Row::probeSpec).orElse(FeatureSpec.cls()),
                (train, val) -> LinearProbe.fit(train, val, probe.config().withSeed(seed)));
        case Regime.FineTuning tuning -> {
          try (var classifier =
              FineTuner.fit(
                  encoder.orElseThrow(), dataset, tuning.config().withSeed(seed), training)) {
            yield classifier.predict(dataset.split(Split.TEST));
          }
        }
      };
    }

    private static FeatureSpec probeSpec(Encoder encoder) {
      int blocks = Math.min(PROBE_BLOCKS, encoder.config().depth());
      return FeatureSpec.lastBlocks(blocks).withPatchMean();
    }

    private interface Fit {
      FeatureClassifier of(Features train, Features val);
    }

    private float[][] predict(Optional<Encoder> encoder, FeatureSpec spec, Fit fit) {
      Features train = features(encoder, Split.TRAIN, spec);
      Features val = features(encoder, Split.VAL, spec);
      return fit.of(train, val).predict(features(encoder, Split.TEST, spec));
    }

    // Embedded with the widest spec that the plan needs, so that each image is embedded once.
    private Features features(Optional<Encoder> encoder, Split split, FeatureSpec spec) {
      var images = dataset.split(split);
      boolean wide = regimes.stream().anyMatch(Regime.Probe.class::isInstance);
      return encoder
          .map(e -> cache.embed(e, images, wide ? probeSpec(e) : spec).select(spec))
          .orElseGet(() -> RawPixels.embed(images));
    }
  }
}
