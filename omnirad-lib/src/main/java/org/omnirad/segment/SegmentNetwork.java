package org.omnirad.segment;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.encoder.BlockTokens;
import org.omnirad.encoder.Encoder;
import org.omnirad.report.Segmentation;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Interpolation;
import org.omnirad.tensor.NativeMemory;
import org.omnirad.tensor.Ops;
import org.omnirad.tensor.Precision;

/** An encoder and the dense adapter on it, which own their memory together. */
final class SegmentNetwork implements AutoCloseable {

  private final Encoder encoder;
  private final DenseAdapter adapter;
  private final DenseConfig config;
  private final List<String> classNames;
  private final SortedSet<Integer> blocks;
  private final NDManager manager;
  private final NativeMemory memory;

  /**
   * Takes an encoder, which it closes with itself, and sets its image size.
   *
   * @param classNames K names, that of the background first
   */
  private SegmentNetwork(
      Encoder encoder, DenseConfig config, int imageSize, List<String> classNames) {
    this.encoder = encoder.setImageSize(imageSize);
    this.config = config;
    this.classNames = List.copyOf(classNames);
    blocks = blocks(encoder.config().depth());
    adapter =
        new DenseAdapter(
            config,
            encoder.config().embedDim(),
            encoder.config().prefixTokens(),
            classNames.size());
    manager = Engine.getEngine("PyTorch").newBaseManager(encoder.device());
    memory = NativeMemory.own(this, manager, adapter.numValues() * Float.BYTES);
  }

  /** A network whose adapter has start values. */
  static SegmentNetwork start(
      Encoder encoder, SegmentConfig config, List<String> classNames, RandomSource random) {
    config.requireFor(encoder.config().patchSize());
    var network = new SegmentNetwork(encoder, config.adapter(), config.imageSize(), classNames);
    network.adapter.start(network.manager, random);
    return network;
  }

  /** A network whose adapter has stored values. */
  static SegmentNetwork stored(
      Encoder encoder,
      DenseConfig config,
      int imageSize,
      List<String> classNames,
      DenseAdapter.Values values) {
    var network = new SegmentNetwork(encoder, config, imageSize, classNames);
    network.adapter.fill(network.manager, values);
    return network;
  }

  /**
   * The last block of each third: 3, 7 and 11 of twelve (paper).
   *
   * @throws InputException where there are fewer than three
   */
  static SortedSet<Integer> blocks(int depth) {
    int levels = DenseAdapter.LEVELS;
    if (depth < levels) {
      throw new InputException(
          "An encoder of %d blocks; segmentation takes tokens of %d.".formatted(depth, levels),
          "Choose an encoder with at least as many.");
    }
    var blocks = new TreeSet<Integer>();
    for (int i = 1; i <= levels; i++) {
      blocks.add(i * depth / levels - 1);
    }
    return blocks;
  }

  Encoder encoder() {
    return encoder;
  }

  DenseAdapter adapter() {
    return adapter;
  }

  DenseConfig config() {
    return config;
  }

  List<String> classNames() {
    return classNames;
  }

  SortedSet<Integer> blocks() {
    return blocks;
  }

  int imageSize() {
    return encoder.preprocessing().imageSize();
  }

  void setPrecision(Precision precision) {
    encoder.setPrecision(precision);
    adapter.setPrecision(precision);
  }

  /** The tokens of a batch (B, 3, S, S), with gradients where {@code training}. */
  NDList tokens(NDArray images, boolean training) {
    var store = new ParameterStore(images.getManager(), false);
    if (training) {
      return encoder.network().intermediates(store, images, blocks, false, true);
    }
    try (var off = GradMode.off()) {
      return encoder.network().intermediates(store, images, blocks, false, false);
    }
  }

  /** Logits (B, K, S, S) of images (B, 3, S, S). */
  NDArray logits(NDArray images, NDList tokens) {
    return adapter.logits(new ParameterStore(images.getManager(), false), images, tokens, false);
  }

  /** The classes with the highest logits, B x (S x S). */
  byte[][] squarePredictions(List<Sample> samples, BlockTokens tokens) {
    try (NDManager step = manager.newSubManager()) {
      NDArray images = encoder.input(step, samples.stream().map(Sample::image).toList());
      byte[] classes =
          logits(images, tokens.of(step, samples))
              .argMax(1)
              .toType(DataType.UINT8, false)
              .toByteArray(); // B x S x S
      int pixels = imageSize() * imageSize();
      byte[][] masks = new byte[samples.size()][];
      for (int i = 0; i < masks.length; i++) {
        masks[i] = Arrays.copyOfRange(classes, i * pixels, (i + 1) * pixels);
      }
      return masks;
    }
  }

  /**
   * What each image shows, at its own size.
   *
   * @param ids of the images, for messages
   */
  List<Segmentation> predict(List<String> ids, List<RgbImage> images) {
    for (int i = 0; i < images.size(); i++) {
      requireLargeEnough(ids.get(i), images.get(i));
    }
    try (var off = GradMode.off();
        NDManager step = manager.newSubManager()) {
      NDArray input = encoder.input(step, images);
      NDArray squares = logits(input, tokens(input, false)).softmax(1); // (B, K, S, S)
      var found = new ArrayList<Segmentation>();
      for (int i = 0; i < images.size(); i++) {
        found.add(resized(squares.get(new NDIndex("{}:{}", i, i + 1)), images.get(i)));
      }
      return found;
    }
  }

  private static Segmentation resized(NDArray square, RgbImage image) {
    NDArray own = Ops.resize(square, image.height(), image.width(), Interpolation.BILINEAR);
    int pixels = image.width() * image.height();
    float[] values = own.toFloatArray(); // K x height x width
    float[][] probabilities = new float[values.length / pixels][];
    byte[] mask = new byte[pixels];
    for (int k = 0; k < probabilities.length; k++) {
      probabilities[k] = Arrays.copyOfRange(values, k * pixels, (k + 1) * pixels);
      for (int i = 0; i < pixels; i++) {
        if (probabilities[k][i] > probabilities[mask[i]][i]) {
          mask[i] = (byte) k;
        }
      }
    }
    return new Segmentation(image.width(), image.height(), mask, probabilities);
  }

  /** The masks of samples, S x S each. */
  byte[][] squareMasks(List<Sample> samples) {
    return samples.stream()
        .map(s -> MaskResize.toSquare(mask(s), s.image().width(), s.image().height(), imageSize()))
        .toArray(byte[][]::new);
  }

  /** The mask of a sample that can be learned from. */
  byte[] mask(Sample sample) {
    RgbImage image = sample.image();
    requireLargeEnough(sample.id(), image);
    byte[] mask = presentMask(sample);
    if (mask.length != image.width() * image.height()) {
      throw new InputException(
          "%s: a mask of %d pixels for an image of %d x %d."
              .formatted(sample.id(), mask.length, image.width(), image.height()),
          "Give one value for each pixel.");
    }
    for (byte value : mask) {
      if ((value & 255) >= classNames.size()) {
        throw new InputException(
            "%s: its mask holds the class %d.".formatted(sample.id(), value & 255),
            "There are %d: %s.".formatted(classNames.size(), classNames));
      }
    }
    return mask;
  }

  static byte[] presentMask(Sample sample) {
    return sample
        .mask()
        .orElseThrow(
            () ->
                new InputException(
                    sample.id() + " has no mask.", "Take images with masks, one for each image."));
  }

  /** Refuses an image of which one patch would show more than all. */
  void requireLargeEnough(String id, RgbImage image) {
    int patch = encoder.config().patchSize();
    if (image.width() < patch || image.height() < patch) {
      throw new InputException(
          "%s: an image of %d x %d pixels, smaller than one patch of %d."
              .formatted(id, image.width(), image.height(), patch),
          "Take it out, or take an image of a higher resolution.");
    }
  }

  @Override
  public void close() {
    encoder.close();
    memory.close();
  }
}
