package org.omnirad.tensor;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Tensor operations that the engine's Java interface lacks: functions in TorchScript, whose text is
 * the resource {@code ops.py}. Gradients flow to every float input where the gradient mode is on.
 * Results are attached to the manager of the first argument, the activation.
 */
public final class Ops {

  private final PtSymbolBlock module;
  private final NDManager manager;
  private final ParameterStore noParameters;
  private final Map<Number, NDArray> scalars = new ConcurrentHashMap<>();
  private final Map<String, NDArray> methods = new ConcurrentHashMap<>();

  private static final class Loaded {
    static final Ops OPS = new Ops();
  }

  private Ops() {
    manager = Engine.getEngine("PyTorch").newBaseManager();
    noParameters = new ParameterStore(manager, false);
    try {
      var archive = new ByteArrayInputStream(archive());
      module = JniUtils.loadModule((PtNDManager) manager, archive, false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One pre-norm transformer block (Dosovitskiy et al. 2021, with LayerScale): attention and MLP
   * branch.
   *
   * @param x (B, N, D) float32
   * @param weights in this order: norm1 weight and bias (D), qkv weight (3D, D) and bias (3D), proj
   *     weight (D, D) and bias (D), first LayerScale (D), norm2 weight and bias (D), fc1 weight (F,
   *     D) and bias (F), fc2 weight (D, F) and bias (D), second LayerScale (D), number of heads (an
   *     int64 scalar), epsilon of the norms (a float32 scalar)
   * @param heads number of attention heads, a divisor of D
   * @param eps added to the variance in both norms
   * @return (B, N, D) float32, whatever the precision inside
   */
  public static NDArray transformerBlock(
      NDArray x, NDList weights, int heads, float eps, Precision precision) {
    var inputs = new NDList(x);
    inputs.addAll(weights);
    inputs.add(scalar(heads));
    inputs.add(scalar(eps));
    return call("block_" + precision.name().toLowerCase(Locale.ROOT), inputs);
  }

  /**
   * Resizes images with antialiasing, corners not aligned, as PyTorch does with {@code
   * antialias=True}.
   *
   * @param x (B, C, H, W) float32
   * @return (B, C, height, width); bicubic results can leave the range of the input
   */
  public static NDArray resize(NDArray x, int height, int width, Interpolation interpolation) {
    return call(
        "resize_" + interpolation.name().toLowerCase(Locale.ROOT),
        new NDList(x, scalar(height), scalar(width)));
  }

  /** Pixels (B, H, W, 3) uint8 to (B, 3, H, W) float32 from 0 to 255. */
  public static NDArray channelsFirst(NDArray pixels) {
    return call("channels_first", new NDList(pixels));
  }

  /**
   * Puts the class token before the patches and adds the position embedding, resampled as timm does
   * where the grid of patches differs from its own.
   *
   * @param patches (B, height x width, D)
   * @param clsToken (1, 1, D)
   * @param posEmbed (1, 1 + grid x grid, D)
   * @return (B, 1 + height x width, D)
   */
  public static NDArray embedTokens(
      NDArray patches, NDArray clsToken, NDArray posEmbed, int grid, int height, int width) {
    return call(
        "embed_tokens",
        new NDList(patches, clsToken, posEmbed, scalar(grid), scalar(height), scalar(width)));
  }

  /**
   * The position embedding (1, 1 + grid x grid, D) for another grid: (1, 1 + height x width, D).
   */
  public static NDArray resamplePositions(NDArray posEmbed, int grid, int height, int width) {
    return call(
        "resample_positions", new NDList(posEmbed, scalar(grid), scalar(height), scalar(width)));
  }

  static NDArray call(String function, NDList inputs) {
    for (NDArray input : inputs) {
      // The engine would take a name for a dictionary key.
      input.setName(null);
    }
    inputs.add(Loaded.OPS.method(function));
    // Training mode takes no inference guard, so that results can be saved for a backward pass.
    return Loaded.OPS.module.forward(Loaded.OPS.noParameters, inputs, true).singletonOrThrow();
  }

  // Numbers reach a function as tensors. They are kept, because each new one costs native memory
  // until the next
  // garbage collection.
  static NDArray scalar(Number value) {
    return Loaded.OPS.scalars.computeIfAbsent(value, Loaded.OPS::create);
  }

  private NDArray create(Number value) {
    return value instanceof Float eps ? manager.create(eps) : manager.create(value.longValue());
  }

  private NDArray method(String function) {
    return methods.computeIfAbsent(
        function,
        name -> {
          NDArray method = manager.create(0f);
          method.setName("module_method:" + name);
          return method;
        });
  }

  // A TorchScript archive: a pickled instance without attributes, no constants, and the program
  // text.
  private static byte[] archive() throws IOException {
    byte[] instance =
        ("\u0080\u0002c__torch__\nOps\n)\u0081}(X\b\0\0\0training\u0089ub.")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] noConstants = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes);
        InputStream program = Ops.class.getResourceAsStream("ops.py")) {
      store(zip, "ops/data.pkl", instance);
      store(zip, "ops/constants.pkl", noConstants);
      store(zip, "ops/version", "3\n".getBytes(StandardCharsets.US_ASCII));
      store(zip, "ops/code/__torch__.py", program.readAllBytes());
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var crc = new CRC32();
    crc.update(content);
    var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
