package org.omnirad.encoder;

/**
 * What is known of one published encoder.
 *
 * @param name its name in the catalogue, such as "omnirad-small"
 * @param weights where its weights are: "library" for those inside this library, or "hf:" and the
 *     owner and name of a repository on the Hugging Face hub that holds timm's {@code
 *     model.safetensors}
 * @param licence of the weights; "not published" where none was found
 * @param source the publication, and where the other facts come from
 * @param architecture the shape of its transformer
 * @param preprocessing its statistics at its image size, for published encoders that of the
 *     comparison, 224 pixels
 */
public record EncoderEntry(
    String name,
    String weights,
    String licence,
    String source,
    VitConfig architecture,
    Preprocessing preprocessing) {

  private static final String LIBRARY = "library";

  /** Checks that nothing but the licence is missing. */
  public EncoderEntry {
    if (name == null || source == null || architecture == null || preprocessing == null) {
      throw new IllegalArgumentException("encoder '%s' lacks a fact".formatted(name));
    }
    if (weights == null || !(weights.equals(LIBRARY) || weights.startsWith(Encoder.HUB))) {
      throw new IllegalArgumentException(
          "weights of '%s' are '%s', must be '%s' or begin with '%s'"
              .formatted(name, weights, LIBRARY, Encoder.HUB));
    }
    licence = licence == null ? "not published" : licence;
  }

  /** Whether its weights are inside this library. */
  boolean isInLibrary() {
    return weights.equals(LIBRARY);
  }
}
