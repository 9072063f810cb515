package org.omnirad.segment;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.omnirad.augment.ImageBatch;
import org.omnirad.augment.ViewAugmenter;
import org.omnirad.augment.ViewConfig;
import org.omnirad.data.ImageList;
import org.omnirad.data.PrefetchedBatches;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.encoder.BlockTokens;
import org.omnirad.encoder.PixelBuffer;
import org.omnirad.encoder.Preprocessing;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.MaskMeasure;
import org.omnirad.report.SegmentationReport;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.ConvOps;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.ParameterOps;
import org.omnirad.train.AdamW;
import org.omnirad.train.EpochModel;
import org.omnirad.train.ParameterGroup;
import org.omnirad.train.TrainingStep;

/** A segmenter and its optimiser: everything that a step of training changes. */
final class Trainee implements EpochModel, AutoCloseable {

  // No interval is asked for, so that the fewest resamples will do.
  private static final Bootstrap POINTS_ONLY = new Bootstrap(2, 0.95, 0);
  private static final String ADAPTER = "adapter";
  private static final String ENCODER = "encoder";

  private final SegmentConfig config;
  private final SegmentNetwork network;
  private final NDManager manager;
  private final BlockTokens trainTokens;
  private final ImageList val;
  private final BlockTokens valTokens;
  private final Map<String, NDArray> state = new LinkedHashMap<>();
  private final List<NDArray> statistics = new ArrayList<>();
  private final List<NDArray> statisticsBefore = new ArrayList<>();
  private final AdamW optimiser;
  private long numTrained;
  private final RandomSource random;
  private final ViewAugmenter views;
  private final PixelBuffer pixels = new PixelBuffer();

  /**
   * Trains a network in place, which it does not close.
   *
   * @param trainTokens of the images to learn from, where the encoder is frozen
   * @param val what it is scored on
   * @param valTokens of these
   */
  Trainee(
      SegmentConfig config,
      SegmentNetwork network,
      BlockTokens trainTokens,
      ImageList val,
      BlockTokens valTokens) {
    this.config = config;
    this.network = network;
    this.trainTokens = trainTokens;
    this.val = val;
    this.valTokens = valTokens;
    random = new RandomSource(config.seed());
    manager = Engine.getEngine("PyTorch").newBaseManager(network.encoder().device());
    try (var off = GradMode.off()) {
      var groups = new ArrayList<ParameterGroup>();
      groups.add(group(ADAPTER, 1, network.adapter().namedParameters()));
      var encoder = network.encoder().network().namedParameters();
      if (config.isFrozen()) {
        encoder.values().forEach(p -> p.getArray().setRequiresGradient(false));
      } else {
        double factor = config.encoderLearningRate() / config.learningRate();
        // The tokens are taken before the final norm.
        encoder.keySet().removeIf(name -> name.startsWith("norm."));
        groups.add(group(ENCODER, factor, encoder));
      }
      optimiser = new AdamW(manager, groups);
    }
    Preprocessing p = network.encoder().preprocessing();
    views = new ViewAugmenter(ViewConfig.segmentation(config.imageSize()), p.mean(), p.std());
  }

  private ParameterGroup group(String module, double rate, Map<String, Parameter> parameters) {
    var trained = new TreeMap<String, NDArray>();
    parameters.forEach(
        (name, parameter) -> {
          NDArray array = parameter.getArray();
          array.setRequiresGradient(parameter.requiresGradient());
          state.put(module + "." + name, array);
          if (parameter.requiresGradient()) {
            trained.put(module + "." + name, array);
            numTrained += array.size();
          } else {
            statistics.add(array);
            statisticsBefore.add(manager.zeros(array.getShape()));
          }
        });
    return new ParameterGroup(module, rate, 1, trained);
  }

  @Override
  public TrainingStep look(long step, List<Sample> batch) {
    ParameterOps.moveTowards(statisticsBefore, statistics, 1);
    try (NDManager scratch = manager.newSubManager()) {
      if (config.augmented()) {
        ImageBatch images = images(scratch, batch);
        NDArray shown = views.apply(images, random, step, 0, 0);
        NDArray target = target(scratch, views.masks(masks(batch), images, random, step, 0, 0));
        return config.isFrozen()
            ? backward(shown, network.tokens(shown, false), target)
            : backward(shown, target);
      }
      NDArray images = network.encoder().input(scratch, batch.stream().map(Sample::image).toList());
      NDArray target = target(scratch, network.squareMasks(batch));
      return config.isFrozen()
          ? backward(images, trainTokens.of(scratch, batch), target)
          : backward(images, target);
    }
  }

  /**
   * Adds the gradients of the adapter's parameters.
   *
   * @param images (B, 3, S, S), normalised; their manager owns what is computed
   * @param tokens of the frozen encoder
   * @param target (B, S, S) uint8
   */
  TrainingStep backward(NDArray images, NDList tokens, NDArray target) {
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      return backward(collector, images, tokens, target);
    }
  }

  /** Adds the gradients of the encoder's parameters too. */
  private TrainingStep backward(NDArray images, NDArray target) {
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      return backward(collector, images, network.tokens(images, true), target);
    }
  }

  private TrainingStep backward(
      GradientCollector collector, NDArray images, NDList tokens, NDArray target) {
    var store = new ParameterStore(images.getManager(), false);
    NDArray logits = network.adapter().logits(store, images, tokens, true);
    NDArray entropy = ConvOps.pixelCrossEntropy(logits, target);
    NDArray loss =
        switch (config.loss()) {
          case CROSS_ENTROPY -> entropy;
          case DICE_CROSS_ENTROPY -> entropy.add(ConvOps.diceLoss(logits, target));
        };
    collector.backward(loss);
    return new TrainingStep(loss.getFloat(), optimiser.gradientNorms());
  }

  private ImageBatch images(NDManager scratch, List<Sample> samples) {
    List<RgbImage> images = samples.stream().map(Sample::image).toList();
    return new ImageBatch(
        pixels.pack(scratch, images, 3).divi(255),
        images.stream().mapToInt(RgbImage::height).toArray(),
        images.stream().mapToInt(RgbImage::width).toArray());
  }

  private List<byte[]> masks(List<Sample> samples) {
    return samples.stream().map(network::mask).toList();
  }

  private NDArray target(NDManager scratch, byte[][] masks) {
    int size = config.imageSize();
    ByteBuffer all = ByteBuffer.allocateDirect(masks.length * size * size);
    for (byte[] mask : masks) {
      all.put(mask);
    }
    return scratch.create(all.flip(), new Shape(masks.length, size, size), DataType.UINT8);
  }

  @Override
  public void forget() {
    optimiser.zeroGradients();
    for (int i = 0; i < statistics.size(); i++) {
      // Not moved towards: from what is not finite nothing can be moved.
      statistics.get(i).set(new NDIndex(":"), statisticsBefore.get(i));
    }
  }

  @Override
  public void update(int epoch, TrainingStep seen) {
    try (var off = GradMode.off()) {
      optimiser.step(
          seen.gradientNorms(),
          Double.POSITIVE_INFINITY,
          group -> config.learningRate() * group.learningRateFactor(),
          config.weightDecay());
      optimiser.zeroGradients();
    }
  }

  /** How many numbers are trained. */
  long numTrained() {
    return numTrained;
  }

  @Override
  public double validate(int epoch, Map<String, Double> row) {
    List<String> classNames = network.classNames();
    var scores = SegmentationReport.builder("validation", classNames);
    int size = config.imageSize();
    try (var off = GradMode.off();
        var batches = new PrefetchedBatches(val, config.batchSize())) {
      while (batches.hasNext()) {
        List<Sample> batch = batches.next();
        byte[][] truth = network.squareMasks(batch);
        byte[][] predicted = network.squarePredictions(batch, valTokens);
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

  @Override
  public Map<String, Map<String, NDArray>> tensors() {
    return Map.of(MODEL, state, OPTIMISER, optimiser.state());
  }

  /** Frees the optimiser; the network records no gradients any more. */
  @Override
  public void close() {
    state.values().forEach(array -> array.setRequiresGradient(false));
    manager.close();
  }
}
