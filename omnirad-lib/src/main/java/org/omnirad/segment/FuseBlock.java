package org.omnirad.segment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.omnirad.nn.ConvNorm;
import org.omnirad.nn.Layer;
import org.omnirad.nn.RepConv;
import org.omnirad.tensor.ConvOps.Activation;

/**
 * Mixes a map of features, (B, h, H, W) to (B, h, H, W): the hybrid encoder's "RepNCSPELAN5" (DEIM
 * v2). Half of the channels go through two cross-stage-partial blocks in turn, and all that came of
 * it is put together.
 */
final class FuseBlock extends Layer {

  private final ConvNorm split;
  private final Stage first;
  private final Stage second;
  private final ConvNorm join;

  /**
   * A block.
   *
   * @param width h
   * @param hidden channels of the stages
   * @param depth re-parameterised convolutions of a stage
   */
  FuseBlock(int width, int hidden, int depth) {
    split = layer("cv1", new ConvNorm(width, 2 * width, 1, Activation.SILU));
    first = layer("cv2", new Stage(width, hidden, depth));
    second = layer("cv3", new Stage(hidden, hidden, depth));
    join = layer("cv4", new ConvNorm(2 * width + 2 * hidden, width, 1, Activation.SILU));
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    NDArray both = split.forward(store, x, training); // (B, 2h, H, W)
    NDArray half = both.split(2, 1).get(1);
    NDArray u = first.forward(store, half, training);
    NDArray v = second.forward(store, u, training);
    return join.forward(store, both.concat(u, 1).concat(v, 1), training);
  }

  /** A cross-stage-partial block: one half of its channels passes by, the other is convolved. */
  private static final class Stage extends Layer {

    private final ConvNorm split;
    private final List<RepConv> convolutions = new ArrayList<>();

    Stage(int in, int out, int depth) {
      split = layer("conv1", new ConvNorm(in, 2 * out, 1, Activation.SILU));
      for (int i = 0; i < depth; i++) {
        convolutions.add(layer("bottlenecks." + i, new RepConv(out)));
      }
    }

    @Override
    public NDArray forward(ParameterStore store, NDArray x, boolean training) {
      NDList halves = split.forward(store, x, training).split(2, 1);
      NDArray convolved = halves.get(1);
      for (RepConv convolution : convolutions) {
        convolved = convolution.forward(store, convolved, training);
      }
      return halves.get(0).add(convolved);
    }
  }
}
