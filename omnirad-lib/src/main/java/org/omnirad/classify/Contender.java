package org.omnirad.classify;

import java.util.Optional;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;

/** What a {@link Comparison} compares: an encoder, or a baseline that knows nothing. */
public sealed interface Contender {

  /** Its name in tables. */
  String name();

  /**
   * Its encoder, which the caller closes.
   *
   * @param seed of whatever is random about it
   * @return empty where its features come without an encoder, which cannot be fine-tuned then
   */
  Optional<Encoder> open(long seed);

  /**
   * An encoder with its weights.
   *
   * @param name as {@link Encoder#of} takes it: of the catalogue, of the hub, or a path
   */
  static Contender encoder(String name) {
    return new Named(name);
  }

  /** Random weights in the shape of an encoder, drawn anew with each seed of the comparison. */
  static Contender random(VitConfig shape) {
    return new Random(shape);
  }

  /** {@link org.omnirad.encoder.RawPixels}. */
  static Contender rawPixels() {
    return new Pixels();
  }

  /** An encoder by name. */
  record Named(String name) implements Contender {
    @Override
    public Optional<Encoder> open(long seed) {
      return Optional.of(Encoder.of(name));
    }
  }

  /** Random weights. */
  record Random(VitConfig shape) implements Contender {
    @Override
    public String name() {
      return "random weights";
    }

    @Override
    public Optional<Encoder> open(long seed) {
      return Optional.of(Encoder.random(shape, seed));
    }
  }

  /** The pixels themselves. */
  record Pixels() implements Contender {
    @Override
    public String name() {
      return "raw pixels";
    }

    @Override
    public Optional<Encoder> open(long seed) {
      return Optional.empty();
    }
  }
}
