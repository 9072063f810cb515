package org.omnirad.segment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.omnirad.nn.ConvNorm;
import org.omnirad.nn.Layer;
import org.omnirad.nn.ParameterTree;
import org.omnirad.tensor.ConvOps;
import org.omnirad.tensor.ConvOps.Activation;

/**
 * DEIMv2's hybrid encoder: three maps (B, h, S/8, S/8), (B, h, S/16, S/16), (B, h, S/32, S/32) to
 * three of the same shapes. A transformer on the coarsest, then features from coarse to fine and
 * back from fine to coarse, added and mixed at each level.
 */
final class HybridEncoder extends ParameterTree {

  private final PositionedLayer transformer;
  private final ConvNorm lateralCoarse;
  private final ConvNorm lateralMiddle;
  private final FuseBlock upToMiddle;
  private final FuseBlock upToFine;
  private final Down downToMiddle;
  private final Down downToCoarse;
  private final FuseBlock mixMiddle;
  private final FuseBlock mixCoarse;

  HybridEncoder(DenseConfig config) {
    int h = config.width();
    transformer = layer("encoder", new PositionedLayer(h, config.numHeads()));
    lateralCoarse = layer("lateral_convs.0", new ConvNorm(h, h, 1, Activation.NONE));
    lateralMiddle = layer("lateral_convs.1", new ConvNorm(h, h, 1, Activation.NONE));
    upToMiddle = layer("fpn_blocks.0", fuse(config));
    upToFine = layer("fpn_blocks.1", fuse(config));
    downToMiddle = layer("downsample_convs.0", new Down(h));
    downToCoarse = layer("downsample_convs.1", new Down(h));
    mixMiddle = layer("pan_blocks.0", fuse(config));
    mixCoarse = layer("pan_blocks.1", fuse(config));
  }

  private static FuseBlock fuse(DenseConfig config) {
    return new FuseBlock(config.width(), config.stageWidth(), config.stageDepth());
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList maps, boolean training, PairList<String, Object> params) {
    NDArray attended = transformer.forward(store, maps.get(2), training);
    NDArray coarse = lateralCoarse.forward(store, attended, training);
    NDArray sum = ConvOps.addDoubled(maps.get(1), coarse);
    NDArray middle =
        lateralMiddle.forward(store, upToMiddle.forward(store, sum, training), training);
    NDArray fine = upToFine.forward(store, ConvOps.addDoubled(maps.get(0), middle), training);
    NDArray down = downToMiddle.forward(store, fine, training).add(middle);
    NDArray mixed = mixMiddle.forward(store, down, training);
    NDArray further = downToCoarse.forward(store, mixed, training).add(coarse);
    return new NDList(fine, mixed, mixCoarse.forward(store, further, training));
  }

  /** Halves height and width: a 1 x 1 convolution, then a 3 x 3 one of each channel. */
  private static final class Down extends Layer {

    private final ConvNorm mix;
    private final ConvNorm shrink;

    Down(int width) {
      mix = layer("cv1", new ConvNorm(width, width, 1, Activation.NONE));
      shrink = layer("cv2", new ConvNorm(width, width, 3, 2, width, Activation.NONE));
    }

    @Override
    public NDArray forward(ParameterStore store, NDArray x, boolean training) {
      return shrink.forward(store, mix.forward(store, x, training), training);
    }
  }
}
