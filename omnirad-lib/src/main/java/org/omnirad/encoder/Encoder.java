package org.omnirad.encoder;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.omnirad.data.ImageList;
import org.omnirad.data.PrefetchedBatches;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.EngineRecord;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.NativeMemory;
import org.omnirad.tensor.Precision;
import org.omnirad.tensor.TensorType;

/**
 * An image encoder ready for use: a {@link VisionTransformer} with its weights and its
 * preprocessing. Its native memory is freed when it becomes unreachable, or earlier by {@link
 * #close}. Not for use by several threads at once.
 */
public final class Encoder implements AutoCloseable {

  /** Images per forward pass. */
  public static final int BATCH_SIZE = 16;

  static final String HUB = "hf:";

  private final String name;
  private final VisionTransformer network;
  private Preprocessing preprocessing;
  private final NDManager manager;
  private InputTensors input;
  private final NativeMemory memory;

  Encoder(String name, VitConfig config, Preprocessing preprocessing, Weights weights) {
    this.name = name;
    this.preprocessing = preprocessing;
    network = new VisionTransformer(config);
    manager = Engine.getEngine("PyTorch").newBaseManager();
    memory = NativeMemory.own(this, manager, numParameters() * Float.BYTES);
    input = new InputTensors(preprocessing, manager);
    network
        .namedParameters()
        .forEach((key, p) -> p.setInitializer((m, shape, type) -> weights.read(m, key, shape)));
    network.initialize(
        manager,
        DataType.FLOAT32,
        new Shape(1, 3, preprocessing.imageSize(), preprocessing.imageSize()));
  }

  /**
   * An encoder with random weights, as timm starts them: truncated normal with standard deviation
   * 0.02, biases 0.
   *
   * @param seed equal seeds give equal weights on every platform
   */
  public static Encoder random(VitConfig config, long seed) {
    return new Encoder(
        "random-" + seed,
        config,
        Preprocessing.imageNet(config.imageSize()),
        new RandomWeights(config, seed));
  }

  /**
   * An encoder by name.
   *
   * @param name a name of the {@link EncoderCatalogue}, such as "omnirad-tiny", which is part of
   *     this library; "hf:owner/repository" on the Hugging Face hub; or the path of a folder or
   *     safetensors file
   * @throws org.omnirad.run.InputException where it cannot be found, fetched or loaded; where there
   *     is none of that name, the message lists those most like it
   */
  public static Encoder of(String name) {
    if (name.startsWith(HUB)) {
      return fromHub(name.substring(HUB.length()));
    }
    return EncoderCatalogue.find(name).map(EncoderFiles::fetch).orElseGet(() -> fromPath(name));
  }

  private static Encoder fromPath(String name) {
    Path path = Path.of(name);
    if (!name.matches(".*[/\\\\.].*") && !Files.exists(path)) {
      throw EncoderCatalogue.unknown(name);
    }
    return load(path);
  }

  /**
   * An encoder from a folder with timm's {@code model.safetensors} and {@code config.json}, or from
   * one safetensors file. Preprocessing is the config's, but that images are resized whole even
   * where {@code crop_pct} is below 1; without a config it is ImageNet's statistics, bicubic.
   *
   * @throws InputException where a file is missing or broken, or is no Vision Transformer of a
   *     known {@link VitConfig.Variant}
   */
  public static Encoder load(Path path) {
    return EncoderFiles.load(path);
  }

  /**
   * An encoder from the Hugging Face hub, fetched once into the hub's usual cache folder.
   *
   * @param repository owner and name, such as {@code Snarcy/OmniRad-small}
   * @throws InputException where it cannot be fetched or loaded
   */
  public static Encoder fromHub(String repository) {
    return EncoderFiles.fetch(repository);
  }

  /** An encoder of another name with a copy of the weights, which is trained without this one. */
  public Encoder copy(String newName) {
    try (var off = GradMode.off()) {
      var parameters = network.namedParameters();
      var copy =
          new Encoder(
              newName,
              config(),
              preprocessing,
              (owner, key, shape) -> {
                NDArray values = parameters.get(key).getArray().duplicate();
                values.attach(owner);
                return values;
              });
      return copy.setPrecision(network.precision());
    }
  }

  /**
   * Writes {@code model.safetensors} and {@code config.json}, which timm loads too.
   *
   * @param folder made where it is missing; files of these names are replaced
   */
  public void save(Path folder) {
    save(folder, TensorType.F32);
  }

  /**
   * Writes them with weights as {@code F32}, or rounded to {@code F16} in half the space.
   *
   * @throws IllegalArgumentException where the type is another
   */
  public void save(Path folder, TensorType type) {
    EncoderFiles.save(this, folder, type);
  }

  /** The name under which results report this encoder. */
  public String name() {
    return name;
  }

  /** The transformer, for training and for use as a DJL block. */
  public VisionTransformer network() {
    return network;
  }

  /** The shape of the transformer. */
  public VitConfig config() {
    return network.config();
  }

  /** How images become its input. */
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  /** Where it computes. */
  public Device device() {
    return manager.getDevice();
  }

  /** Sets the number format inside the blocks; features stay float32. */
  public Encoder setPrecision(Precision precision) {
    network.setPrecision(precision);
    return this;
  }

  /**
   * Sets the size that images are resized to. The position embedding is resampled to the new grid
   * of patches, so that any multiple of the patch size can be used; more patches cost more time.
   *
   * @throws InputException where the size is no multiple of the patch size
   */
  public Encoder setImageSize(int size) {
    config().requireMultipleOfPatch(size, size);
    preprocessing = preprocessing.withImageSize(size);
    input.close();
    input = new InputTensors(preprocessing, manager);
    return this;
  }

  /** The class tokens of all images. */
  public Features embed(ImageList images) {
    return embed(images, FeatureSpec.cls());
  }

  /**
   * The features of all images, with a progress line.
   *
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   * @throws InputException where an image cannot be decoded, or its features are not finite
   */
  public Features embed(ImageList images, FeatureSpec spec) {
    long started = System.nanoTime();
    int n = images.size();
    float[][] vectors = new float[n][];
    int[][] targets = new int[n][];
    var ids = new ArrayList<String>(n);
    try (var off = GradMode.off();
        var batches = new PrefetchedBatches(images, BATCH_SIZE);
        var progress = Progress.of("embed", "images", n)) {
      while (batches.hasNext()) {
        List<Sample> batch = batches.next();
        float[][] features = features(batch.stream().map(Sample::image).toList(), spec);
        for (int i = 0; i < batch.size(); i++) {
          requireFinite(features[i], batch.get(i).id());
          vectors[ids.size()] = features[i];
          targets[ids.size()] = batch.get(i).labels();
          ids.add(batch.get(i).id());
        }
        progress.step(batch.size());
      }
    }
    RunRecord record =
        RunRecord.ofMachine()
            .with(images.record())
            .with(record())
            .with("features", spec)
            .with(
                "seconds", String.format(Locale.ROOT, "%.1f", (System.nanoTime() - started) / 1e9));
    return new Features(vectors, targets, ids, images.task(), images.classNames(), spec, record);
  }

  /**
   * The class token of each image, [B][D].
   *
   * @throws InputException where one is not finite
   */
  public float[][] embed(List<RgbImage> images) {
    try (var off = GradMode.off()) {
      float[][] features = features(images, FeatureSpec.cls());
      for (int i = 0; i < features.length; i++) {
        requireFinite(features[i], "image " + i);
      }
      return features;
    }
  }

  /**
   * Images of any sizes as the network takes them.
   *
   * @param step owns the result
   * @return (B, 3, size, size) float32, resized and normalised as {@link #preprocessing} says
   */
  public NDArray input(NDManager step, List<RgbImage> images) {
    try (var off = GradMode.off()) {
      return input.of(step, images);
    }
  }

  /**
   * The class token and the patch tokens of each image after the final norm: [B][1 + N][D], the
   * class token first, then the patches row by row. Registers are left out.
   */
  public float[][][] tokens(List<RgbImage> images) {
    try (var off = GradMode.off();
        NDManager step = manager.newSubManager()) {
      NDArray tokens = network.forward(store(step), input.of(step, images), false); // (B, P + N, D)
      return IntStream.range(0, images.size())
          .mapToObj(i -> withoutRegisters(rows(tokens.get(i))))
          .toArray(float[][][]::new);
    }
  }

  /**
   * The attention weights of every block and head for one image, computed layer by layer in
   * float32.
   */
  public AttentionMaps attention(RgbImage image) {
    try (var off = GradMode.off();
        NDManager step = manager.newSubManager()) {
      NDList result = network.withAttention(store(step), input.of(step, List.of(image)));
      float[][][][] weights =
          result.subNDList(1).stream()
              .map(
                  block ->
                      IntStream.range(0, config().numHeads())
                          .mapToObj(head -> rows(block.get(0, head)))
                          .toArray(float[][][]::new))
              .toArray(float[][][][]::new);
      int grid = preprocessing.imageSize() / config().patchSize();
      return new AttentionMaps(weights, withoutRegisters(rows(result.get(0).get(0))), grid, grid);
    }
  }

  /**
   * The encoder's identity: name, md5 of its weights as they are now, device and precision. The md5
   * costs about 2 ms for each million weights.
   */
  public RunRecord record() {
    return new RunRecord(java.util.Map.of())
        .with("encoder", name)
        .with("encoder.md5", WeightsDigest.md5(network))
        .with("encoder.preprocessing", preprocessing)
        .with(EngineRecord.ofEngine())
        .with("device", device())
        .with("precision", network.precision());
  }

  /** Frees the native memory; the encoder cannot be used afterwards. */
  @Override
  public void close() {
    memory.close();
  }

  @Override
  public String toString() {
    VitConfig c = config();
    return String.format(
        Locale.ROOT,
        "%s: ViT with %,d parameters (%d blocks, %d wide, %d heads, patch %d, %d px) on %s",
        name,
        numParameters(),
        c.depth(),
        c.embedDim(),
        c.numHeads(),
        c.patchSize(),
        preprocessing.imageSize(),
        device());
  }

  private long numParameters() {
    return network.namedParameters().values().stream()
        .map(Parameter::getShape)
        .mapToLong(Shape::size)
        .sum();
  }

  private float[][] features(List<RgbImage> images, FeatureSpec spec) {
    int depth = config().depth();
    if (spec.blocks() > depth) {
      throw new IllegalArgumentException(
          "features of the last %d blocks of an encoder with %d".formatted(spec.blocks(), depth));
    }
    try (NDManager step = manager.newSubManager()) {
      var last = new TreeSet<>(IntStream.range(depth - spec.blocks(), depth).boxed().toList());
      NDList tokens = network.intermediates(store(step), input.of(step, images), last, true, false);
      var parts = new NDList();
      tokens.forEach(t -> parts.add(t.get(new NDIndex(":, 0")))); // (B, D) each
      if (spec.patchMean()) {
        var patches = new NDIndex(":, " + config().prefixTokens() + ":");
        parts.add(tokens.get(tokens.size() - 1).get(patches).mean(new int[] {1}));
      }
      return rows(NDArrays.concat(parts, 1));
    }
  }

  /** Class token and patches of all tokens [P + N][D] of an image. */
  private float[][] withoutRegisters(float[][] tokens) {
    int prefix = config().prefixTokens();
    return IntStream.range(0, tokens.length)
        .filter(i -> i == 0 || i >= prefix)
        .mapToObj(i -> tokens[i])
        .toArray(float[][]::new);
  }

  private void requireFinite(float[] vector, String image) {
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        throw new InputException(
            "%s: its features in %s are not finite.".formatted(image, network.precision()),
            "The encoder's weights or its preprocessing %s are broken.".formatted(preprocessing));
      }
    }
  }

  private static ParameterStore store(NDManager step) {
    return new ParameterStore(step, false);
  }

  private static float[][] rows(NDArray matrix) {
    int columns = (int) matrix.getShape().get(1);
    float[] values = matrix.toFloatArray();
    float[][] rows = new float[(int) matrix.getShape().get(0)][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = java.util.Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
    }
    return rows;
  }
}
