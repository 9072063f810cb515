package org.omnirad.encoder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.omnirad.run.InputException;
import org.omnirad.run.Json;
import org.omnirad.tensor.NearNames;

/**
 * The encoders that are known by name: OmniRad's and those that it is compared with.
 *
 * <p>Preprocessing follows the code of OmniRad: every image is resized whole to 224 pixels, for
 * each encoder with its own statistics and interpolation. Some were published with a centre crop
 * (timm's {@code crop_pct} of 0.9) or for another size (DINOv2 518, DINOv3 256); neither is applied
 * here. {@link Encoder#setImageSize} chooses another size.
 */
public final class EncoderCatalogue {

  private static final String RESOURCE = "/org/omnirad/data/datasets/encoders.json";

  private EncoderCatalogue() {}

  record Entries(List<EncoderEntry> encoders) {}

  /** All encoders. */
  public static List<EncoderEntry> entries() {
    try (InputStream in = EncoderCatalogue.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the library's jar lacks " + RESOURCE);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Json.read(text, Entries.class, RESOURCE).encoders();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
  }

  /** The encoder of a name; upper and lower case are the same. */
  static Optional<EncoderEntry> find(String name) {
    return entries().stream().filter(entry -> entry.name().equalsIgnoreCase(name)).findFirst();
  }

  /** What to say of a name that is neither in the catalogue nor a path. */
  static InputException unknown(String name) {
    List<String> names = entries().stream().map(EncoderEntry::name).toList();
    List<String> near = NearNames.of(name, names);
    return new InputException(
        "No encoder is called '%s'.".formatted(name),
        (near.isEmpty() ? "" : "Did you mean " + String.join(" or ", near) + "? ")
            + "Known names: %s; or hf:owner/repository, or the path of a folder or safetensors file."
                .formatted(String.join(", ", names)));
  }
}
