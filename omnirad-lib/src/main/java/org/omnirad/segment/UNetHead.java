package org.omnirad.segment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.omnirad.nn.ConvNorm;
import org.omnirad.nn.Layer;
import org.omnirad.nn.ParameterTree;
import org.omnirad.tensor.ConvOps;
import org.omnirad.tensor.ConvOps.Activation;

/**
 * A U-Net decoder (Ronneberger et al. 2015) over three maps (B, h, S/8, S/8) to (B, h, S/32, S/32):
 * logits (B, K, S/8, S/8).
 */
final class UNetHead extends ParameterTree {

  private final Projection fine;
  private final Projection middle;
  private final Projection coarse;
  private final ConvNorm middle1;
  private final ConvNorm middle2;
  private final ConvNorm fine1;
  private final ConvNorm fine2;
  private final Projection classes;

  /** A head of {@code width} channels for {@code numClasses}. */
  UNetHead(int width, int numClasses) {
    fine = layer("lateral.0", new Projection(width, width, false));
    middle = layer("lateral.1", new Projection(width, width, false));
    coarse = layer("lateral.2", new Projection(width, width, false));
    middle1 = layer("up1.0", new ConvNorm(2 * width, width, 3, Activation.RELU));
    middle2 = layer("up1.1", new ConvNorm(width, width, 3, Activation.RELU));
    fine1 = layer("up2.0", new ConvNorm(2 * width, width, 3, Activation.RELU));
    fine2 = layer("up2.1", new ConvNorm(width, width, 3, Activation.RELU));
    classes = layer("classes", new Projection(width, numClasses, true));
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList maps, boolean training, PairList<String, Object> params) {
    NDArray skip1 = middle.forward(store, maps.get(1), training);
    NDArray y1 = joined(coarse.forward(store, maps.get(2), training), skip1);
    NDArray x1 = middle2.forward(store, middle1.forward(store, y1, training), training);
    NDArray y2 = joined(x1, fine.forward(store, maps.get(0), training));
    NDArray x2 = fine2.forward(store, fine1.forward(store, y2, training), training);
    return new NDList(classes.forward(store, x2, training));
  }

  /** (B, h, H, W), resized to the size of the finer map, and that map after it. */
  private static NDArray joined(NDArray x, NDArray finer) {
    Shape shape = finer.getShape();
    return ConvOps.interpolate(x, (int) shape.get(2), (int) shape.get(3)).concat(finer, 1);
  }

  /** A 1 x 1 convolution. */
  private static final class Projection extends Layer {

    private final Parameter weight;
    private final Parameter bias;

    Projection(int in, int out, boolean hasBias) {
      weight = parameter("weight", out, in, 1, 1);
      bias = hasBias ? parameter("bias", out) : null;
    }

    @Override
    public NDArray forward(ParameterStore store, NDArray x, boolean training) {
      NDArray shift = bias == null ? null : value(store, bias, x, training);
      return Conv2d.conv2d(x, value(store, weight, x, training), shift).singletonOrThrow();
    }
  }
}
