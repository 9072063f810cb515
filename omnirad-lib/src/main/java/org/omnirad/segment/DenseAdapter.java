package org.omnirad.segment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.omnirad.nn.ConvNorm;
import org.omnirad.nn.ParameterTree;
import org.omnirad.run.RandomSource;
import org.omnirad.tensor.ConvOps;
import org.omnirad.tensor.ConvOps.Activation;
import org.omnirad.tensor.Precision;

/**
 * What makes a mask of an encoder's tokens (OmniRad, section on segmentation; layers and widths as
 * in the authors' code): a convolutional prior of the image, fused with the tokens of three blocks,
 * a hybrid encoder and a U-Net head. Images (B, 3, S, S), S a multiple of 32, and three lists of
 * tokens (B, P + g x g, D) to logits (B, K, S, S).
 *
 * <p>The authors' code freezes prior and fusion with the encoder, so that they stay random; here
 * they are trained.
 */
final class DenseAdapter extends ParameterTree {

  /** Images must be a multiple of this in size. */
  static final int STRIDE = 32;

  /** How many of the encoder's blocks it sees. */
  static final int LEVELS = 3;

  private final int prefix;
  private final SpatialPrior prior;
  private final List<ConvNorm> fusions = new ArrayList<>();
  private final HybridEncoder hybrid;
  private final UNetHead head;

  /**
   * An adapter without values; {@link #start} or {@link #fill} gives them.
   *
   * @param dim D of the tokens
   * @param prefix P, tokens before the patches
   * @param numClasses K, background included
   */
  DenseAdapter(DenseConfig config, int dim, int prefix, int numClasses) {
    this.prefix = prefix;
    int c = config.priorWidth();
    prior = layer("sta", new SpatialPrior(c));
    for (int channels : new int[] {2 * c, 4 * c, 4 * c}) {
      var fusion = new ConvNorm(dim + channels, config.width(), 1, Activation.NONE);
      fusions.add(layer("fusion." + fusions.size(), fusion));
    }
    hybrid = layer("hybrid", new HybridEncoder(config));
    head = layer("head", new UNetHead(config.width(), numClasses));
  }

  /**
   * Takes PyTorch's start values: weights and biases uniform up to {@code 1 / sqrt(inputs)}, those
   * of the attention Xavier-uniform and 0, norms 1 and 0.
   */
  DenseAdapter start(NDManager manager, RandomSource random) {
    return fill(manager, (name, shape) -> values(name, shape, random.at(0, "segment/" + name)));
  }

  /** Where start values or stored ones come from. */
  interface Values {
    float[] of(String name, Shape shape);
  }

  DenseAdapter fill(NDManager manager, Values values) {
    namedParameters()
        .forEach(
            (name, parameter) ->
                parameter.setInitializer(
                    (owner, shape, type) -> owner.create(values.of(name, shape), shape)));
    initialize(manager, DataType.FLOAT32, new Shape(1, 3, STRIDE, STRIDE));
    return this;
  }

  private float[] values(String name, Shape shape, SplittableRandom random) {
    float[] values = new float[Math.toIntExact(shape.size())];
    boolean isNorm = name.contains("norm");
    if (isNorm && (name.endsWith("weight") || name.endsWith("running_var"))) {
      Arrays.fill(values, 1);
    } else if (!isNorm && !name.contains("in_proj_bias") && !name.contains("out_proj.bias")) {
      double bound = bound(name, shape);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-bound, bound);
      }
    }
    return values;
  }

  private double bound(String name, Shape shape) {
    if (name.endsWith("bias")) {
      String weight = name.substring(0, name.length() - "bias".length()) + "weight";
      return bound(weight, namedParameters().get(weight).getShape());
    }
    return name.endsWith("in_proj_weight")
        ? Math.sqrt(6.0 / (shape.get(0) + shape.get(1)))
        : 1 / Math.sqrt((double) shape.slice(1).size());
  }

  /** How many numbers it is made of, running statistics included. */
  long numValues() {
    return namedParameters().values().stream().mapToLong(p -> p.getShape().size()).sum();
  }

  /** Sets the number format inside the layers; results stay float32. */
  void setPrecision(Precision precision) {
    for (ParameterTree layer : namedLayers().values()) {
      switch (layer) {
        case ConvNorm conv -> conv.setPrecision(precision);
        case PositionedLayer transformer -> transformer.setPrecision(precision);
        default -> {}
      }
    }
  }

  /**
   * The adapter's function.
   *
   * @param image (B, 3, S, S), normalised
   * @param tokens of the {@link #LEVELS} blocks from first to last, (B, P + g x g, D) each
   * @return logits (B, K, S, S)
   */
  NDArray logits(ParameterStore store, NDArray image, NDList tokens, boolean training) {
    var inputs = new NDList(image);
    inputs.addAll(tokens);
    return forward(store, inputs, training).singletonOrThrow();
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray image = inputs.get(0);
    int size = (int) image.getShape().get(2);
    NDList priors = prior.forward(store, new NDList(image), training);
    var maps = new NDList();
    for (int level = 0; level < LEVELS; level++) {
      maps.add(fused(store, inputs.get(1 + level), priors.get(level), level, size, training));
    }
    NDArray logits =
        head.forward(store, hybrid.forward(store, maps, training), training).singletonOrThrow();
    return new NDList(ConvOps.interpolate(logits, size, size));
  }

  private NDArray fused(
      ParameterStore store, NDArray tokens, NDArray prior, int level, int size, boolean training) {
    int grid = (int) Math.round(Math.sqrt((double) tokens.getShape().get(1) - prefix));
    ConvNorm fusion = fusions.get(level);
    NDList weights = fusion.weights(store, tokens, training);
    int scale = 4 >> level;
    int side = size / (8 << level);
    return ConvOps.fuseLevel(
        tokens, prior, weights, prefix, grid, scale, side, training, fusion.precision());
  }
}
