package org.omnirad.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.omnirad.data.ImageList;
import org.omnirad.data.TrainingStream;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;
import org.omnirad.run.RandomSource;

/**
 * A training in epochs of equally many steps. After each the model is validated and written to a
 * checkpoint; in the end the one with the highest score is kept, the later among equals. It goes on
 * after the last epoch that it finished.
 *
 * <p>An image that cannot be decoded is passed over, named in {@code run.log} and counted. A step
 * whose loss or gradients are not finite is computed a second time, as a fault of the engine does
 * not come twice, and then ends the training.
 */
public final class EpochTraining {

  /**
   * The first columns of the metrics after {@code step}, the number of steps done, one row for each
   * epoch: the number of the epoch from 1, the means over its steps of the loss and of the L2 norm
   * of all gradients before clipping, and images a second.
   */
  public static final List<String> COLUMNS =
      List.of("epoch", "loss", "gradient_norm", "images_per_second");

  private static final String SKIPPED = "skipped";

  private final String what;
  private final ImageList images;
  private final int batchSize;
  private final int epochs;
  private final long seed;
  private final long stepsPerEpoch;
  private long skippedBefore;
  private long skipped;
  private int named;

  /**
   * A training that has not begun.
   *
   * @param what the activity that its progress line names
   * @param images what is learned from; the last ones of an epoch that fill no batch begin the next
   * @param batchSize images of a step; where there are fewer, some come twice in it
   * @param seed of the order of the images
   */
  public EpochTraining(String what, ImageList images, int batchSize, int epochs, long seed) {
    this.what = what;
    this.images = images;
    this.batchSize = batchSize;
    this.epochs = epochs;
    this.seed = seed;
    stepsPerEpoch = Math.max(1, images.size() / batchSize);
  }

  /**
   * What a training came to.
   *
   * @param bestEpoch the number of the epoch that was kept, from 1
   * @param bestScore its score on validation
   * @param skipped how often an image was passed over that cannot be decoded
   */
  public record Result(long bestEpoch, double bestScore, long skipped) {}

  /**
   * Trains, or goes on with the run that the folder holds.
   *
   * @param columns of the metrics after {@link #COLUMNS}, which the model's validation fills
   * @return the best epoch, to which the model has gone back
   * @throws InputException where too many images cannot be decoded
   * @throws CancellationException where the thread was interrupted
   * @throws TrainingStoppedException where loss or gradients are not finite
   */
  public Result run(EpochModel model, RunFolder folder, List<String> columns) {
    Checkpoints checkpoints = folder.checkpoints();
    Optional<Checkpoint> last = checkpoints.last();
    last.ifPresent(
        checkpoint -> {
          model.tensors().forEach((file, arrays) -> checkpoints.restore(checkpoint, file, arrays));
          skippedBefore = checkpoint.values().getOrDefault(SKIPPED, 0.0).longValue();
          skipped = skippedBefore;
          folder.log("goes on after step " + checkpoint.step());
        });
    long done = last.map(Checkpoint::step).orElse(0L);
    var all = new ArrayList<>(COLUMNS);
    all.addAll(columns);
    String data = images.record().entries().getOrDefault("data.name", "");
    try (MetricsLog metrics = folder.metrics(data, all, last.isPresent() ? done : -1)) {
      train(model, folder, metrics, done);
    }
    Checkpoint best = checkpoints.best().orElseThrow();
    checkpoints.restore(best, EpochModel.MODEL, model.tensors().get(EpochModel.MODEL));
    return new Result(best.step() / stepsPerEpoch, best.score(), skipped);
  }

  private void train(EpochModel model, RunFolder folder, MetricsLog metrics, long firstStep) {
    var source = new TrainingStream.Source(images, 1);
    long steps = epochs * stepsPerEpoch;
    try (var stream =
            new TrainingStream(List.of(source), batchSize, new RandomSource(seed), firstStep);
        var progress = Progress.of(what, "images", (steps - firstStep) * batchSize)) {
      for (int epoch = (int) (firstStep / stepsPerEpoch); epoch < epochs; epoch++) {
        long started = System.nanoTime();
        double loss = 0;
        double norm = 0;
        for (long i = 0; i < stepsPerEpoch; i++) {
          TrainingStep seen = step(model, folder, epoch, epoch * stepsPerEpoch + i, stream);
          loss += seen.loss() / stepsPerEpoch;
          norm += seen.gradientNorm() / stepsPerEpoch;
          progress.step(batchSize);
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        var row = new LinkedHashMap<String, Double>();
        row.put("epoch", epoch + 1.0);
        row.put("loss", loss);
        row.put("gradient_norm", norm);
        row.put("images_per_second", stepsPerEpoch * batchSize / seconds);
        double score = model.validate(epoch, row);
        long done = (epoch + 1) * stepsPerEpoch;
        metrics.add(done, row);
        Map<String, Double> values = Map.of(SKIPPED, (double) skipped);
        folder.checkpoints().write(done, Optional.of(score), model.tensors(), values);
      }
    }
  }

  private TrainingStep step(
      EpochModel model, RunFolder folder, int epoch, long step, TrainingStream stream) {
    var batch = stream.next();
    skipped = skippedBefore + stream.skipped();
    for (; named < stream.broken().size(); named++) {
      folder.logOnce("skipped an image: " + stream.broken().get(named).message());
    }
    TrainingStep seen = model.look(step, batch);
    if (!seen.isFinite()) {
      folder.log("step %d: %s; computed again".formatted(step, seen));
      model.forget();
      seen = model.look(step, batch);
    }
    if (!seen.isFinite()) {
      String message =
          ("Step %d: the loss is %s and the norm of its gradients %s, so the step was not taken. "
                  + "Try half of the learning rate, or precision FLOAT32.")
              .formatted(step, seen.loss(), seen.gradientNorm());
      folder.log(message);
      throw new TrainingStoppedException(message);
    }
    model.update(epoch, seen);
    return seen;
  }
}
