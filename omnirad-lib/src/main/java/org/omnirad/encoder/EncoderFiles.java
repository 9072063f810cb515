package org.omnirad.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.omnirad.data.HubFiles;
import org.omnirad.encoder.VitConfig.Variant;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;
import org.omnirad.run.Json;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;
import org.omnirad.tensor.TensorType;

/** Encoders in files: timm's {@code model.safetensors} and {@code config.json} in one folder. */
final class EncoderFiles {

  private static final String WEIGHTS = "model.safetensors";
  private static final String CONFIG = "config.json";

  /** timm's Vision Transformers of the sizes small to giant have heads of 64 features. */
  private static final int HEAD_DIM = 64;

  /** DINOv3's images of 256 pixels in patches of 16. */
  private static final int ROTARY_GRID = 16;

  /** What timm's CLIP and DINOv3 models add to the variance. */
  private static final float OTHER_NORM_EPS = 1e-5f;

  private EncoderFiles() {}

  static Encoder load(Path path) {
    boolean folder = Files.isDirectory(path);
    Path weights = folder ? path.resolve(WEIGHTS) : path;
    if (!Files.isRegularFile(weights)) {
      throw InputException.of(
          weights,
          "there is no such file.",
          "An encoder is a folder with %s and %s, or one .safetensors file."
              .formatted(WEIGHTS, CONFIG));
    }
    Path name = folder ? path : path.getFileName();
    return load(String.valueOf(name.getFileName()), weights, weights.resolveSibling(CONFIG));
  }

  static Encoder load(String name, Path weights, Path configFile) {
    TimmConfig timm = new TimmConfig(null, null, null, null, null);
    try {
      if (Files.exists(configFile)) {
        String text = Files.readString(configFile);
        timm = Json.readForeign(text, TimmConfig.class, configFile.toString());
      }
    } catch (IOException e) {
      throw InputException.of(configFile, "cannot be read as text.", "Check the file.", e);
    }
    if (timm.architecture() != null && timm.architecture().contains("quickgelu")) {
      throw InputException.of(
          configFile,
          "the architecture is '%s', whose activation is another.".formatted(timm.architecture()),
          "Weights trained with the exact GELU can be loaded.");
    }
    try (var file = SafetensorsFile.open(weights)) {
      return load(name, file, timm, configFile);
    }
  }

  private static Encoder load(String name, SafetensorsFile file, TimmConfig timm, Path configFile) {
    VitConfig config = config(file, timm, configFile);
    return load(name, file, config, timm.preprocessing(config, configFile.toString()));
  }

  private static Encoder load(
      String name, SafetensorsFile file, VitConfig config, Preprocessing preprocessing) {
    refuseUnknown(file, config);
    return new Encoder(
        name, config, preprocessing, (manager, key, shape) -> finite(file, manager, key, shape));
  }

  static Encoder fetch(EncoderEntry entry) {
    try (var file = entry.isInLibrary() ? resource(entry.name()) : fetched(entry)) {
      return load(entry.name(), file, entry.architecture(), entry.preprocessing());
    }
  }

  private static SafetensorsFile fetched(EncoderEntry entry) {
    String repository = entry.weights().substring(Encoder.HUB.length());
    return SafetensorsFile.open(HubFiles.fromEnvironment().fetch(repository, "main", WEIGHTS));
  }

  private static SafetensorsFile resource(String name) {
    try (InputStream in = EncoderFiles.class.getResourceAsStream(name + "/" + WEIGHTS)) {
      if (in == null) {
        throw new IllegalStateException("the library's jar lacks the weights of " + name);
      }
      return SafetensorsFile.of(Path.of(name, WEIGHTS), in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Encoder fetch(String repository) {
    Path config = HubFiles.fromEnvironment().fetch(repository, "main", CONFIG);
    Path weights = HubFiles.fromEnvironment().fetch(repository, "main", WEIGHTS);
    return load("hf:" + repository, weights, config);
  }

  static void save(Encoder encoder, Path folder, TensorType type) {
    var writer = new SafetensorsWriter();
    encoder
        .network()
        .namedParameters()
        .forEach((name, parameter) -> writer.put(name, parameter.getArray(), type));
    writer.write(folder.resolve(WEIGHTS));
    String config = Json.write(TimmConfig.of(encoder.config(), encoder.preprocessing()));
    AtomicFiles.write(
        folder.resolve(CONFIG), out -> out.write(config.getBytes(StandardCharsets.UTF_8)));
  }

  private static VitConfig config(SafetensorsFile file, TimmConfig timm, Path configFile) {
    try {
      return config(file, timm);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw InputException.of(
          file.path(),
          "not a Vision Transformer that can be loaded: " + e.getMessage() + ".",
          "Where heads are not %d wide, model_args.num_heads must be right in %s."
              .formatted(HEAD_DIM, configFile),
          e);
    }
  }

  // The shapes of the tensors say almost everything.
  private static VitConfig config(SafetensorsFile file, TimmConfig timm) {
    file.expectShape("cls_token", 1, 1, -1);
    int dim = length(file, "cls_token", 2);
    file.expectShape("patch_embed.proj.weight", dim, 3, -1, -1);
    int patch = length(file, "patch_embed.proj.weight", 2);
    file.expectShape("patch_embed.proj.weight", dim, 3, patch, patch);
    TimmConfig.ModelArgs args = timm.modelArgs();
    Variant variant = variant(file);
    Integer size = args == null ? null : args.imgSize();
    int grid = variant == Variant.ROTARY ? ROTARY_GRID : grid(file, dim);
    boolean named = variant == Variant.ROTARY && size != null;
    int depth = 0;
    while (file.contains("blocks." + depth + ".norm1.weight")) {
      depth++;
    }
    file.expectShape("blocks.0.mlp.fc1.weight", -1, dim);
    float mlpRatio = (float) length(file, "blocks.0.mlp.fc1.weight", 0) / dim;
    Integer heads = args == null ? null : args.numHeads();
    boolean layerScale = variant == Variant.ROTARY || file.contains("blocks.0.ls1.gamma");
    Float init = args == null ? null : args.initValues();
    VitConfig dinov2 = VitConfig.small();
    return new VitConfig(
        named ? size : Math.multiplyExact(grid, patch),
        patch,
        dim,
        depth,
        heads == null ? Math.max(1, dim / HEAD_DIM) : heads,
        mlpRatio,
        layerScale,
        init == null ? dinov2.layerScaleInit() : init,
        variant == Variant.PLAIN ? dinov2.normEps() : OTHER_NORM_EPS,
        variant);
  }

  private static Variant variant(SafetensorsFile file) {
    if (file.contains("reg_token") && !file.contains("pos_embed")) {
      return Variant.ROTARY;
    }
    return file.contains("norm_pre.weight") ? Variant.PRE_NORM : Variant.PLAIN;
  }

  /** Patches along one side of the image that the position embedding is made for. */
  private static int grid(SafetensorsFile file, int dim) {
    file.expectShape("pos_embed", 1, -1, dim);
    int patches = length(file, "pos_embed", 1) - 1;
    int grid = (int) Math.round(Math.sqrt(patches));
    if (grid < 1 || grid * grid != patches) {
      throw InputException.of(
          file.path(),
          "the position embedding is for %d patches, which is not a square grid."
              .formatted(patches),
          "Only models with one class token and square images can be loaded.");
    }
    return grid;
  }

  private static NDArray finite(SafetensorsFile file, NDManager manager, String name, Shape shape) {
    NDArray values = file.toArray(manager, name, shape);
    // A product with 0 is 0, but NaN for NaN and infinities.
    try (NDArray zeros = values.mul(0);
        NDArray sum = zeros.sum()) {
      if (Float.isNaN(sum.getFloat())) {
        throw InputException.of(
            file.path(),
            "tensor '%s' holds values that are not finite.".formatted(name),
            "The training that made it had failed, or the file is damaged: get another.");
      }
    }
    return values;
  }

  // A classifier and the mask token of pretraining are not part of an encoder; anything else
  // changes what it computes.
  private static void refuseUnknown(SafetensorsFile file, VitConfig config) {
    var unknown = new TreeSet<>(file.names());
    unknown.removeAll(new VisionTransformer(config).namedParameters().keySet());
    unknown.removeIf(name -> name.equals("mask_token") || name.startsWith("head."));
    if (!unknown.isEmpty()) {
      throw InputException.of(
          file.path(),
          "%d tensors have no place in this kind of Vision Transformer, such as %s."
              .formatted(unknown.size(), unknown.first()),
          "Plain ones, CLIP's and DINOv3's (timm's dinov3_qkvb) can be loaded.");
    }
  }

  private static int length(SafetensorsFile file, String name, int axis) {
    return Math.toIntExact(file.info(name).shape().get(axis));
  }
}
