package org.omnirad.nn;

import static org.omnirad.run.Requirement.require;

/**
 * The shape of low-rank adapters (LoRA, Hu et al. 2021).
 *
 * @param rank r, the inner features of an adapter
 * @param alpha the adapter's part is multiplied by alpha / rank
 * @param dropout probability that an input value does not reach the adapter in training, 0 to 1
 */
public record LoraConfig(int rank, double alpha, double dropout) {

  /** Checks every value. */
  public LoraConfig {
    require(rank >= 1, "rank", rank, "at least 1");
    require(alpha > 0, "alpha", alpha, "above 0");
    require(dropout >= 0 && dropout < 1, "dropout", dropout, "in [0, 1)");
  }

  /** OmniRad's for classification: rank 16, alpha 32, dropout 0.1 (authors' code). */
  public static LoraConfig omnirad() {
    return new LoraConfig(16, 32, 0.1);
  }
}
