package org.omnirad.segment;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import org.omnirad.nn.Layer;
import org.omnirad.tensor.ConvOps;
import org.omnirad.tensor.Precision;

/**
 * The hybrid encoder's transformer: one post-norm layer over the pixels of a map with sine and
 * cosine positions, (B, h, H, W) to (B, h, H, W) (RT-DETR, Zhao et al. 2024).
 */
final class PositionedLayer extends Layer {

  private static final double TEMPERATURE = 10_000;

  private final int width;
  private final int numHeads;
  private Precision precision = Precision.FLOAT32;

  /** A layer over {@code width} features, a multiple of 4 and of {@code numHeads}. */
  PositionedLayer(int width, int numHeads) {
    this.width = width;
    this.numHeads = numHeads;
    parameter("self_attn.in_proj_weight", 3L * width, width);
    parameter("self_attn.in_proj_bias", 3L * width);
    parameter("self_attn.out_proj.weight", width, width);
    parameter("self_attn.out_proj.bias", width);
    parameter("norm1.weight", width);
    parameter("norm1.bias", width);
    parameter("linear1.weight", 4L * width, width);
    parameter("linear1.bias", 4L * width);
    parameter("linear2.weight", width, 4L * width);
    parameter("linear2.bias", width);
    parameter("norm2.weight", width);
    parameter("norm2.bias", width);
  }

  void setPrecision(Precision precision) {
    this.precision = precision;
  }

  @Override
  public NDArray forward(ParameterStore store, NDArray x, boolean training) {
    var weights = new NDList();
    for (Parameter parameter : namedParameters().values()) {
      weights.add(value(store, parameter, x, training));
    }
    Shape shape = x.getShape();
    int height = (int) shape.get(2);
    int columns = (int) shape.get(3);
    NDArray tokens = x.reshape(shape.get(0), width, -1).swapAxes(1, 2); // (B, N, h)
    NDArray positions = positions(x.getManager(), height, columns);
    return ConvOps.postNormLayer(tokens, weights, positions, numHeads, precision)
        .swapAxes(1, 2)
        .reshape(shape); // (B, h, H, W)
  }

  /**
   * Positions (1, N, h): sine and cosine of the column's, then of the row's angles. As in the
   * published code the columns are counted first, though the tokens lie row by row.
   */
  private NDArray positions(NDManager manager, int height, int columns) {
    int quarter = width / 4;
    float[] values = new float[height * columns * width];
    for (int i = 0, at = 0; i < height * columns; i++, at += width) {
      int column = i / height;
      int row = i % height;
      for (int k = 0; k < quarter; k++) {
        double omega = Math.pow(TEMPERATURE, -(double) k / quarter);
        double across = column * omega;
        double down = row * omega;
        values[at + k] = (float) Math.sin(across);
        values[at + quarter + k] = (float) Math.cos(across);
        values[at + 2 * quarter + k] = (float) Math.sin(down);
        values[at + 3 * quarter + k] = (float) Math.cos(down);
      }
    }
    return manager.create(values, new Shape(1, (long) height * columns, width));
  }
}
