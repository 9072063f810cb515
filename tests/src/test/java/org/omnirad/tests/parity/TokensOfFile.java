package org.omnirad.tests.parity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.omnirad.encoder.Encoder;
import org.omnirad.nn.Lora;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;

/**
 * Loads an encoder, writes the tokens of the tensor "images" (B, 3, H, W) of a safetensors file,
 * and saves the encoder again. Arguments: encoder folder, images file, tokens file, folder to save
 * to; and, where adapters are to be set beside its layers, their folder: they are saved again in
 * {@code adapter} of that folder, with the head that is in their file.
 */
final class TokensOfFile {

  private static final String PEFT = "base_model.model.";

  private TokensOfFile() {}

  public static void main(String[] args) {
    try (var encoder = Encoder.load(Path.of(args[0]));
        var images = SafetensorsFile.open(Path.of(args[1]));
        var manager = NDManager.newBaseManager();
        var off = GradMode.off()) {
      Optional<Lora> lora =
          args.length > 4
              ? Optional.of(Lora.load(encoder.network(), Path.of(args[4]), manager))
              : Optional.empty();
      var tokens =
          encoder
              .network()
              .forward(
                  new ParameterStore(manager, false), images.toArray(manager, "images"), false);
      new SafetensorsWriter().put("tokens", tokens).write(Path.of(args[2]));
      encoder.save(Path.of(args[3]));
      lora.ifPresent(
          l -> l.save(Path.of(args[3]).resolve("adapter"), head(Path.of(args[4]), manager)));
    }
  }

  /** The parameters of a head in the file of adapters, by the names that timm has for them. */
  private static Map<String, NDArray> head(Path adapter, NDManager manager) {
    try (var file = SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
      return file.names().stream()
          .filter(name -> name.startsWith(PEFT + "head."))
          .collect(
              Collectors.toMap(
                  name -> name.substring(PEFT.length()), name -> file.toArray(manager, name)));
    }
  }
}
