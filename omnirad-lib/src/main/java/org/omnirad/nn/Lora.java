package org.omnirad.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;
import org.omnirad.run.Json;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;

/**
 * Low-rank adapters (LoRA, Hu et al. 2021) beside every linear layer of a network's blocks: {@code
 * y = W x + b + alpha / rank B A x}. A starts uniform, B at zero, so that the network computes what
 * it did before. Only the adapters are trained.
 */
public final class Lora implements AutoCloseable {

  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String CONFIG = "adapter_config.json";
  private static final String PREFIX = "base_model.model.";
  private static final String HEAD = "head.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";
  // A convolution of timm's is named like the projection of attention.
  private static final String TARGETS =
      ".*blocks\\.\\d+\\.(attn\\.qkv|attn\\.proj|mlp\\.fc1|mlp\\.fc2)";

  /** What decides how an adapter of PEFT's counts. */
  private record PeftShape(int r, double loraAlpha, double loraDropout, boolean useRslora) {}

  /** What PEFT reads of its config. */
  private record PeftConfig(
      String peftType,
      int r,
      double loraAlpha,
      double loraDropout,
      String targetModules,
      String bias,
      List<String> modulesToSave,
      boolean inferenceMode) {}

  private final NDManager manager;
  private final LoraConfig config;
  private final Map<String, Linear> linears;
  private final Map<String, NDArray> parameters = new LinkedHashMap<>();

  private Lora(NDManager parent, Map<String, Linear> linears, LoraConfig config) {
    this.config = config;
    this.linears = linears;
    manager = parent.newSubManager();
  }

  /**
   * Sets adapters beside the linear layers in the blocks of a network.
   *
   * @param parent owns the adapters until {@link #close}
   * @param random of the start values; equal sources give equal adapters
   */
  public static Lora insert(
      Layer network, LoraConfig config, NDManager parent, RandomSource random) {
    Map<String, Linear> linears = linears(network);
    if (linears.values().stream().anyMatch(linear -> linear.adapter().isPresent())) {
      throw new IllegalStateException("the network has adapters already");
    }
    var lora = new Lora(parent, linears, config);
    linears.forEach((name, linear) -> lora.start(name, linear, random.at(0, "lora/" + name)));
    return lora;
  }

  // As PEFT starts them: PyTorch's Kaiming uniform with a = sqrt(5) is uniform within 1 / sqrt(in).
  private void start(String name, Linear linear, SplittableRandom random) {
    long out = linear.weight().getShape().get(0);
    long in = linear.weight().getShape().get(1);
    float[] a = new float[Math.toIntExact(config.rank() * in)];
    double bound = 1 / Math.sqrt((double) in);
    for (int i = 0; i < a.length; i++) {
      a[i] = (float) random.nextDouble(-bound, bound);
    }
    set(
        name,
        linear,
        manager.create(a, new Shape(config.rank(), in)),
        manager.zeros(new Shape(out, config.rank())));
  }

  private void set(String name, Linear linear, NDArray a, NDArray b) {
    parameters.put(name + A, a);
    parameters.put(name + B, b);
    float scale = (float) (config.alpha() / config.rank());
    linear.setAdapter(Optional.of(new Linear.Adapter(a, b, scale, (float) config.dropout())));
  }

  /**
   * Reads adapters that {@link #save} or PEFT wrote, and sets them beside the linear layers. A
   * classifier's head in the file is passed over.
   *
   * @throws InputException where a file is missing or broken, or the adapters are of another
   *     network, smaller or larger
   */
  public static Lora load(Layer network, Path folder, NDManager parent) {
    Path configFile = folder.resolve(CONFIG);
    PeftShape peft;
    try {
      peft = Json.readForeign(Files.readString(configFile), PeftShape.class, configFile.toString());
    } catch (IOException e) {
      throw InputException.of(
          configFile,
          "cannot be read.",
          "An adapter is a folder with %s and %s.".formatted(CONFIG, WEIGHTS),
          e);
    }
    var lora = new Lora(parent, linears(network), config(peft, configFile));
    try (var off = GradMode.off();
        var file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      refuseUnknown(file, lora.linears.keySet());
      lora.linears.forEach((name, linear) -> lora.read(file, name, linear));
    } catch (InputException e) {
      lora.close();
      throw e;
    }
    return lora;
  }

  private static LoraConfig config(PeftShape peft, Path file) {
    if (peft.useRslora()) {
      throw InputException.of(
          file, "its adapters are scaled by the root of their rank.", "Train them without rslora.");
    }
    try {
      return new LoraConfig(peft.r(), peft.loraAlpha(), peft.loraDropout());
    } catch (IllegalArgumentException e) {
      throw InputException.of(file, e.getMessage() + ".", "Check that it is an adapter's.", e);
    }
  }

  // Left out, they would leave another network than the one that was trained.
  private static void refuseUnknown(SafetensorsFile file, Set<String> linears) {
    var unknown = new TreeSet<>(file.names());
    unknown.removeIf(name -> name.startsWith(PREFIX + HEAD));
    for (String name : linears) {
      unknown.removeAll(List.of(PREFIX + name + A, PREFIX + name + B));
    }
    if (!unknown.isEmpty()) {
      throw InputException.of(
          file.path(),
          "%d tensors have no place in this network, such as %s."
              .formatted(unknown.size(), unknown.first()),
          "Load it into an encoder of the shape that it was trained with; adapters of linear layers"
              + " in the blocks can be loaded.");
    }
  }

  private void read(SafetensorsFile file, String name, Linear linear) {
    long out = linear.weight().getShape().get(0);
    long in = linear.weight().getShape().get(1);
    set(
        name,
        linear,
        file.toArray(manager, PREFIX + name + A, new Shape(config.rank(), in)),
        file.toArray(manager, PREFIX + name + B, new Shape(out, config.rank())));
  }

  /** A and B of each linear layer by its name, such as {@code blocks.0.attn.qkv.lora_A.weight}. */
  public Map<String, NDArray> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  /**
   * Writes the adapters in the files and under the names of PEFT.
   *
   * @param folder made where it is missing; files of these names are replaced
   * @param trainedInFull further parameters by name, such as {@code head.weight}
   */
  public void save(Path folder, Map<String, NDArray> trainedInFull) {
    var writer = new SafetensorsWriter();
    parameters.forEach((name, array) -> writer.put(PREFIX + name, array));
    trainedInFull.forEach((name, array) -> writer.put(PREFIX + name, array));
    writer.write(folder.resolve(WEIGHTS));
    var modules = new TreeMap<String, Boolean>();
    trainedInFull
        .keySet()
        .forEach(name -> modules.put(name.substring(0, name.lastIndexOf('.')), true));
    String json =
        Json.write(
            new PeftConfig(
                "LORA",
                config.rank(),
                config.alpha(),
                config.dropout(),
                TARGETS,
                "none",
                List.copyOf(modules.keySet()),
                true));
    AtomicFiles.write(
        folder.resolve(CONFIG), out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** Adds the adapters to the weights, and takes them away: the network computes the same. */
  public void merge() {
    try (var off = GradMode.off()) {
      for (Linear linear : linears.values()) {
        Linear.Adapter lora = linear.adapter().orElseThrow();
        try (NDArray product = lora.b().matMul(lora.a());
            NDArray scaled = product.mul(lora.scale());
            NDArray weight = linear.weight().stopGradient()) {
          weight.addi(scaled);
        }
      }
    }
    close();
  }

  /** Takes the adapters away. */
  @Override
  public void close() {
    linears.values().forEach(linear -> linear.setAdapter(Optional.empty()));
    manager.close();
  }

  private static Map<String, Linear> linears(Layer network) {
    var linears = new LinkedHashMap<String, Linear>();
    network
        .namedLayers()
        .forEach(
            (name, layer) -> {
              if (name.startsWith("blocks.") && layer instanceof Linear linear) {
                linears.put(name, linear);
              }
            });
    return linears;
  }
}
