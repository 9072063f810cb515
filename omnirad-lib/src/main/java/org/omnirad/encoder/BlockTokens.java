package org.omnirad.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.SortedSet;
import org.omnirad.data.Sample;
import org.omnirad.tensor.GradMode;

/**
 * The tokens that chosen blocks of a frozen encoder yield, before the final norm. Each image is
 * computed by itself, so that its tokens do not depend on the batch it comes in, and are the same
 * to the last bit whether a {@link FeatureCache} keeps them or not.
 */
public final class BlockTokens {

  private final Encoder encoder;
  private final SortedSet<Integer> blocks;
  private final Kept kept;

  /** Where the tokens of an image are kept, or not. */
  interface Kept {

    /** {@code values} of an image, or those kept of it. */
    float[] of(String id, Values values);

    /** Computes an image's tokens, one block after another. */
    interface Values {
      float[] compute();
    }
  }

  /**
   * Tokens that are computed each time.
   *
   * @param blocks 0-based block numbers
   */
  public BlockTokens(Encoder encoder, SortedSet<Integer> blocks) {
    this(encoder, blocks, (id, values) -> values.compute());
  }

  BlockTokens(Encoder encoder, SortedSet<Integer> blocks, Kept kept) {
    this.encoder = encoder;
    this.blocks = blocks;
    this.kept = kept;
  }

  /**
   * The tokens of images.
   *
   * @param step owns the result
   * @param samples B images; an id stands for its image
   * @return for each block (B, P + N, D), without gradients
   */
  public NDList of(NDManager step, List<Sample> samples) {
    try (var off = GradMode.off()) {
      int levels = blocks.size();
      int dim = encoder.config().embedDim();
      var images = new NDList();
      for (Sample sample : samples) {
        float[] values = kept.of(sample.id(), () -> compute(step, sample));
        int tokens = values.length / (levels * dim);
        images.add(step.create(values, new Shape(levels, tokens, dim)));
      }
      NDArray all = NDArrays.concat(images, 1); // (levels, B x (P + N), D)
      var result = new NDList();
      for (int level = 0; level < levels; level++) {
        result.add(all.get(level).reshape(samples.size(), -1, dim)); // (B, P + N, D)
      }
      return result;
    }
  }

  private float[] compute(NDManager owner, Sample sample) {
    try (NDManager step = owner.newSubManager()) {
      var store = new ParameterStore(step, false);
      NDArray input = encoder.input(step, List.of(sample.image()));
      return NDArrays.concat(encoder.network().intermediates(store, input, blocks, false, false))
          .toFloatArray(); // (levels, P + N, D)
    }
  }
}
