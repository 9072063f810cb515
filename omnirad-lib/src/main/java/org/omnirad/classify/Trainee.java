package org.omnirad.classify;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.omnirad.augment.ImageBatch;
import org.omnirad.augment.ViewAugmenter;
import org.omnirad.augment.ViewConfig;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.PixelBuffer;
import org.omnirad.encoder.Preprocessing;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.nn.Lora;
import org.omnirad.probe.LinearHead;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Ops;
import org.omnirad.tensor.Precision;
import org.omnirad.train.AdamW;
import org.omnirad.train.EpochModel;
import org.omnirad.train.ParameterGroup;
import org.omnirad.train.TrainingStep;

/** Encoder, head and optimiser: everything that a step of fine-tuning changes. */
final class Trainee implements EpochModel, AutoCloseable {

  private static final String HEAD_WEIGHT = "head.weight";
  private static final String HEAD_BIAS = "head.bias";
  private static final double HEAD_DEVIATION = 0.02;

  private final FineTuneConfig config;
  private final ImageList val;
  private final Task task;
  private final double[] classWeights;
  private final NDManager manager;
  private final Encoder encoder;
  private final Optional<Lora> lora;
  private final NDArray headWeight;
  private final NDArray headBias;
  private final Map<String, NDArray> trained = new LinkedHashMap<>();
  private final AdamW optimiser;
  private final RandomSource random;
  private final ViewAugmenter views;
  private final PixelBuffer pixels = new PixelBuffer();

  /**
   * Starts from a copy of an encoder and a random head.
   *
   * @param val what it is scored on, of the task that is learned
   * @param classWeights what an image of each class counts, K
   */
  Trainee(FineTuneConfig config, Encoder start, String name, ImageList val, double[] classWeights) {
    this.config = config;
    this.val = val;
    this.task = val.task();
    this.classWeights = classWeights;
    random = new RandomSource(config.seed());
    manager = Engine.getEngine("PyTorch").newBaseManager(start.device());
    try (var off = GradMode.off()) {
      encoder = start.copy(name).setPrecision(config.precision());
      lora =
          Optional.ofNullable(config.adapters())
              .map(l -> Lora.insert(encoder.network(), l, manager, random));
      encoder
          .network()
          .namedParameters()
          .forEach(
              (key, parameter) -> {
                parameter.getArray().setRequiresGradient(lora.isEmpty());
                if (lora.isEmpty()) {
                  trained.put(key, parameter.getArray());
                }
              });
      lora.ifPresent(l -> trained.putAll(l.parameters()));
      headWeight = head(classWeights.length, encoder.config().embedDim());
      headBias = manager.zeros(new Shape(classWeights.length));
      trained.put(HEAD_WEIGHT, headWeight);
      trained.put(HEAD_BIAS, headBias);
      trained.values().forEach(p -> p.setRequiresGradient(true));
      optimiser = new AdamW(manager, List.of(new ParameterGroup(MODEL, 1, 1, trained)));
    }
    Preprocessing p = encoder.preprocessing();
    views = new ViewAugmenter(view(p.imageSize()), p.mean(), p.std());
  }

  private NDArray head(int classes, int dim) {
    SplittableRandom draws = random.at(0, "fine-tune/head");
    float[] values = new float[classes * dim];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (HEAD_DEVIATION * draws.nextGaussian());
    }
    return manager.create(values, new Shape(classes, dim));
  }

  private ViewConfig view(int size) {
    return config.augmented() ? ViewConfig.fineTuning(size) : ViewConfig.whole(size);
  }

  @Override
  public TrainingStep look(long step, List<Sample> batch) {
    // Dropout draws from the engine's own generator.
    Engine.getEngine("PyTorch").setRandomSeed(random.at(step, "fine-tune/dropout").nextInt());
    double loss = 0;
    for (int first = 0; first < batch.size(); first += config.microSize()) {
      List<Sample> part = batch.subList(first, first + config.microSize());
      try (NDManager scratch = manager.newSubManager()) {
        NDArray images;
        try (var off = GradMode.off()) {
          images = views.apply(images(scratch, part), random, step, 0, first);
        }
        loss += backward(images, targets(part), weights(part, batch));
      }
    }
    return step(loss);
  }

  /** What a step came to whose gradients are there. */
  TrainingStep step(double loss) {
    return new TrainingStep(loss, optimiser.gradientNorms());
  }

  /**
   * Adds the gradients of b images to the trained parameters.
   *
   * @param images (b, 3, H, W), normalised; their manager owns what is computed
   * @param shares b x K, 1 for each class of an image
   * @param counts what each image counts in the loss of the batch
   * @return their part of that loss
   */
  double backward(NDArray images, float[] shares, float[] counts) {
    NDManager scratch = images.getManager();
    NDArray targets = scratch.create(shares, new Shape(counts.length, classWeights.length));
    NDArray weights = scratch.create(counts);
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      var store = new ParameterStore(scratch, false);
      NDArray cls =
          encoder.network().forward(store, images, true).get(new NDIndex(":, 0")); // (b, D)
      NDArray kept = Dropout.dropout(cls, (float) config.headDropout(), true).singletonOrThrow();
      NDArray logits = Linear.linear(kept, headWeight, headBias).singletonOrThrow(); // (b, K)
      NDArray each =
          task == Task.MULTI_LABEL
              ? Ops.binaryCrossEntropy(logits, targets).mean(new int[] {1})
              : Ops.softCrossEntropy(logits, targets, 1);
      NDArray loss = each.mul(weights).sum();
      collector.backward(loss);
      return loss.getFloat();
    }
  }

  private ImageBatch images(NDManager scratch, List<Sample> samples) {
    List<RgbImage> images = samples.stream().map(Sample::image).toList();
    return new ImageBatch(
        pixels.pack(scratch, images, 3).divi(255),
        images.stream().mapToInt(RgbImage::height).toArray(),
        images.stream().mapToInt(RgbImage::width).toArray());
  }

  private float[] targets(List<Sample> part) {
    int classes = classWeights.length;
    float[] targets = new float[part.size() * classes];
    for (int i = 0; i < part.size(); i++) {
      int[] labels = part.get(i).labels();
      for (int k = 0; k < labels.length; k++) {
        targets[i * classes + (task == Task.MULTI_LABEL ? k : labels[k])] =
            task == Task.MULTI_LABEL ? labels[k] : 1;
      }
    }
    return targets;
  }

  /** What each image of a part counts in the mean over the batch. */
  private float[] weights(List<Sample> part, List<Sample> batch) {
    double sum = batch.stream().mapToDouble(this::weight).sum();
    float[] weights = new float[part.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (weight(part.get(i)) / sum);
    }
    return weights;
  }

  private double weight(Sample sample) {
    return task == Task.MULTI_LABEL ? 1 : classWeights[sample.labels()[0]];
  }

  @Override
  public void forget() {
    optimiser.zeroGradients();
  }

  @Override
  public void update(int epoch, TrainingStep seen) {
    try (var off = GradMode.off()) {
      optimiser.step(
          seen.gradientNorms(),
          epoch < config.warmupEpochs() ? config.warmupClipNorm() : config.clipNorm(),
          group -> config.learningRate(epoch),
          config.weightDecay());
      optimiser.zeroGradients();
    }
  }

  Encoder encoder() {
    return encoder;
  }

  /** How many numbers are trained. */
  long numTrained() {
    return trained.values().stream().mapToLong(NDArray::size).sum();
  }

  /** The head as it is now. */
  LinearHead head() {
    return LinearHead.of(headWeight.toFloatArray(), headBias.toFloatArray(), task);
  }

  /** The adapters, where these are trained. */
  Optional<Lora> lora() {
    return lora;
  }

  /** The head's parameters under timm's names. */
  Map<String, NDArray> headParameters() {
    return Map.of(HEAD_WEIGHT, headWeight, HEAD_BIAS, headBias);
  }

  @Override
  public double validate(int epoch, Map<String, Double> row) {
    encoder.setPrecision(Precision.FLOAT32);
    LinearHead now = head();
    var features = encoder.embed(val);
    encoder.setPrecision(config.precision());
    float[][] probabilities =
        Arrays.stream(features.vectors()).map(now::probabilities).toArray(float[][]::new);
    var predictions = new Predictions(task, features.targets(), probabilities, classWeights.length);
    row.put("learning_rate", config.learningRate(epoch));
    row.put("val_accuracy", predictions.score(Measure.ACCURACY));
    row.put("val_precision", predictions.score(Measure.MACRO_PRECISION));
    row.put("val_recall", predictions.score(Measure.MACRO_RECALL));
    row.put("val_f1", predictions.score(Measure.MACRO_F1));
    row.put("val_auc", predictions.score(Measure.AUC));
    return row.get("val_f1");
  }

  @Override
  public Map<String, Map<String, NDArray>> tensors() {
    return Map.of(MODEL, trained, OPTIMISER, optimiser.state());
  }

  /** Frees head, adapters and optimiser; the encoder stays with the classifier. */
  @Override
  public void close() {
    manager.close();
  }
}
