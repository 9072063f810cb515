package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvOpsTest {

  private static final double EPS = 1e-5;

  private final NDManager manager = NDManager.newBaseManager();
  private GradMode off;

  @BeforeEach
  void open() {
    off = GradMode.off();
  }

  @AfterEach
  void close() {
    off.close();
    manager.close();
  }

  private NDArray random(long... shape) {
    return manager.randomNormal(new Shape(shape));
  }

  private NDList weights(int in, int out, int kernel) {
    return new NDList(
        random(out, in, kernel, kernel),
        random(out).abs().add(0.5),
        random(out),
        random(out),
        random(out).abs().add(0.5));
  }

  private static NDArray convolved(NDArray x, NDArray kernel, int stride, int groups) {
    long pad = kernel.getShape().get(2) / 2;
    return Conv2d.conv2d(
            x,
            kernel,
            null,
            new Shape(stride, stride),
            new Shape(pad, pad),
            new Shape(1, 1),
            groups)
        .singletonOrThrow();
  }

  private static NDArray normalised(NDArray x, NDList weights, NDArray mean, NDArray variance) {
    return x.sub(channels(mean))
        .div(channels(variance.add(EPS)).sqrt())
        .mul(channels(weights.get(1)))
        .add(channels(weights.get(2)));
  }

  private static NDArray channels(NDArray values) {
    return values.reshape(1, -1, 1, 1);
  }

  private static void assertClose(NDArray expected, NDArray found, float tolerance) {
    assertEquals(expected.getShape(), found.getShape());
    assertArrayEquals(expected.toFloatArray(), found.toFloatArray(), tolerance);
  }

  @ParameterizedTest
  @CsvSource({"3, 1, 1", "3, 2, 1", "1, 1, 1", "3, 2, 4"})
  void outsideTrainingTheStoredStatisticsNormalise(int kernel, int stride, int groups) {
    NDArray x = random(2, 4, 9, 9);
    NDList w = weights(4 / groups, 4, kernel);
    NDArray y = convolved(x, w.get(0), stride, groups);
    assertClose(
        normalised(y, w, w.get(3), w.get(4)),
        ConvOps.convNorm(x, w, stride, groups, ConvOps.Activation.NONE, false, Precision.FLOAT32),
        1e-4f);
  }

  @Test
  void inTrainingTheBatchNormalisesAndTheStatisticsFollow() {
    NDArray x = random(3, 4, 8, 8);
    NDList w = weights(4, 5, 3);
    NDArray before = w.get(3).duplicate();
    NDArray y = convolved(x, w.get(0), 1, 1);
    NDArray rows = y.transpose(1, 0, 2, 3).reshape(5, -1); // every value of a channel
    NDArray mean = rows.mean(new int[] {1});
    NDArray variance = rows.sub(mean.reshape(5, 1)).square().mean(new int[] {1});
    NDArray found = ConvOps.convNorm(x, w, 1, 1, ConvOps.Activation.RELU, true, Precision.FLOAT32);
    assertClose(normalised(y, w, mean, variance).maximum(0), found, 1e-4f);
    assertClose(before.mul(0.9).add(mean.mul(0.1)), w.get(3), 1e-5f);
  }

  @ParameterizedTest
  @CsvSource({"SILU", "GELU"})
  void activations(ConvOps.Activation activation) {
    NDArray x = random(1, 2, 4, 4);
    NDList w = weights(2, 3, 1);
    NDArray y = ConvOps.convNorm(x, w, 1, 1, ConvOps.Activation.NONE, false, Precision.FLOAT32);
    NDArray expected =
        activation == ConvOps.Activation.GELU ? Activation.gelu(y) : y.mul(Activation.sigmoid(y));
    assertClose(
        expected, ConvOps.convNorm(x, w, 1, 1, activation, false, Precision.FLOAT32), 1e-5f);
  }

  @Test
  void bfloat16IsCloseAndComesBackAsFloat32() {
    NDArray x = random(2, 4, 8, 8);
    NDList w = weights(4, 4, 3);
    for (boolean training : new boolean[] {false, true}) {
      NDArray exact =
          ConvOps.convNorm(x, w, 1, 1, ConvOps.Activation.SILU, training, Precision.FLOAT32);
      NDArray coarse =
          ConvOps.convNorm(x, w, 1, 1, ConvOps.Activation.SILU, training, Precision.BFLOAT16);
      assertEquals(DataType.FLOAT32, coarse.getDataType());
      double error = coarse.sub(exact).norm().getFloat() / exact.norm().getFloat();
      assertEquals(0, error, 0.02);
    }
  }

  @Test
  void oneKernelDoesWhatTwoBranchesDo() {
    NDArray x = random(2, 3, 6, 6);
    NDList wide = weights(3, 3, 3);
    NDList narrow = weights(3, 3, 1);
    NDList both = new NDList(wide);
    both.addAll(narrow);
    NDArray y =
        normalised(convolved(x, wide.get(0), 1, 1), wide, wide.get(3), wide.get(4))
            .add(
                normalised(
                    convolved(x, narrow.get(0), 1, 1), narrow, narrow.get(3), narrow.get(4)));
    assertClose(
        y.mul(Activation.sigmoid(y)), ConvOps.repConv(x, both, false, Precision.FLOAT32), 1e-4f);
  }

  @Test
  void fusingOnFewPixelsIsFusingOnMany() {
    NDArray tokens = random(2, 1 + 9, 4);
    NDArray prior = random(2, 3, 5, 5);
    NDList w = weights(7, 6, 1);
    NDArray maps = tokens.get(":, 1:").swapAxes(1, 2).reshape(2, 4, 3, 3);
    NDArray joined = ConvOps.interpolate(maps, 6, 6).concat(ConvOps.interpolate(prior, 6, 6), 1);
    NDArray y = convolved(joined, w.get(0), 1, 1);
    NDArray expected = ConvOps.interpolate(normalised(y, w, w.get(3), w.get(4)), 4, 4);
    assertClose(
        expected, ConvOps.fuseLevel(tokens, prior, w, 1, 3, 2, 4, false, Precision.FLOAT32), 1e-4f);
  }

  @Test
  void interpolationDoublesWithoutAlignedCorners() {
    NDArray row = manager.create(new float[] {0, 4}, new Shape(1, 1, 1, 2));
    assertArrayEquals(
        new float[] {0, 1, 3, 4}, ConvOps.interpolate(row, 1, 4).toFloatArray(), 1e-6f);
    NDArray fine = manager.ones(new Shape(1, 1, 2, 4));
    NDArray coarse = manager.create(new float[] {1, 2}, new Shape(1, 1, 1, 2));
    assertArrayEquals(
        new float[] {2, 2, 3, 3, 2, 2, 3, 3}, ConvOps.addDoubled(fine, coarse).toFloatArray());
  }

  @Test
  void lossesOfPixels() {
    // Two pixels, two classes: probabilities of class 1 are 1/2 and 3/4, the truth is 0 and 1.
    NDArray logits =
        manager.create(new float[] {0, 0, 0, (float) Math.log(3)}, new Shape(1, 2, 1, 2));
    NDArray target =
        manager.create(ByteBuffer.wrap(new byte[] {0, 1}), new Shape(1, 1, 2), DataType.UINT8);
    assertEquals(
        -(Math.log(0.5) + Math.log(0.75)) / 2,
        ConvOps.pixelCrossEntropy(logits, target).getFloat(),
        1e-6);
    double dice = (2 * 0.75 + 1) / (0.5 + 0.75 + 1 + 1);
    assertEquals(1 - dice, ConvOps.diceLoss(logits, target).getFloat(), 1e-6);
  }
}
