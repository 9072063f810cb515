package org.omnirad.pretrain;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * The views of b images of a batch.
 *
 * @param global (2b, 3, S, S), the first view of every image, then the second
 * @param local (L b, 3, s, s), one local view of every image after another; empty where L is 0
 * @param masks [2b][N], true where a patch of a global view is hidden
 */
record Views(NDArray global, Optional<NDArray> local, boolean[][] masks) {

  int images() {
    return masks.length / 2;
  }
}
