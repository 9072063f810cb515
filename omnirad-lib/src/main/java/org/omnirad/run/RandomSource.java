package org.omnirad.run;

import java.util.SplittableRandom;

/**
 * The one source of random draws: every draw is a function of (seed, step, purpose), so that
 * nothing depends on saved generator state or on thread timing.
 *
 * @param seed the seed of the whole run
 */
public record RandomSource(long seed) {

  /** A fresh generator for one purpose at one step; equal arguments give equal draws. */
  public SplittableRandom at(long step, String purpose) {
    long h = mix(seed + 0x9E3779B97F4A7C15L);
    h = mix(h ^ step * 0xD1B54A32D192ED03L);
    for (int i = 0; i < purpose.length(); i++) {
      h = mix(h * 31 + purpose.charAt(i));
    }
    return new SplittableRandom(h);
  }

  // The finaliser of MurmurHash3, as used by SplittableRandom.
  private static long mix(long z) {
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
