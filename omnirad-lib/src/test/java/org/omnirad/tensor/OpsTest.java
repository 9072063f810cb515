package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpsTest {

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void channelsFirstMovesBytesAsTheyAre() {
    byte[] pixels = {1, 2, 3, (byte) 200, (byte) 201, (byte) 255};
    NDArray nhwc = manager.create(ByteBuffer.wrap(pixels), new Shape(1, 1, 2, 3), DataType.UINT8);
    NDArray nchw = Ops.channelsFirst(nhwc);
    assertEquals(new Shape(1, 3, 1, 2), nchw.getShape());
    assertArrayEquals(new float[] {1, 200, 2, 201, 3, 255}, nchw.toFloatArray());
    assertEquals(manager, nchw.getManager());
  }

  @Test
  void binaryCrossEntropyIsTheNaiveOneWithItsGradient() {
    float[] z = {-90, -3, -0.5f, 0, 0.25f, 2, 20, 90};
    float[] t = {1, 0, 1, 1, 0, 1, 0, 1};
    float[] weights = {1, 2, 3, 4, 5, 6, 7, 8};
    float[] losses = new float[z.length];
    float[] slopes = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      double wrong = t[i] == 1 ? -z[i] : z[i]; // -log(1 / (1 + exp(wrong)))
      losses[i] = (float) (wrong > 50 ? wrong : Math.log1p(Math.exp(wrong)));
      slopes[i] = (float) (weights[i] * (1 / (1 + Math.exp(-z[i])) - t[i]));
    }
    NDArray logits = manager.create(z, new Shape(2, 4));
    NDArray targets = manager.create(t, new Shape(2, 4));
    logits.setRequiresGradient(true);
    try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray loss = Ops.binaryCrossEntropy(logits, targets);
      assertEquals(new Shape(2, 4), loss.getShape());
      assertArrayEquals(losses, loss.toFloatArray(), 1e-5f);
      collector.backward(loss.mul(manager.create(weights, new Shape(2, 4))).sum());
    }
    assertArrayEquals(slopes, logits.getGradient().toFloatArray(), 1e-5f);
  }

  @Test
  void bilinearHalvingAveragesWithTriangularWeights() {
    // A triangle of support 2 at scale 2 weighs the four nearest pixels 1, 3, 3, 1; outside pixels
    // do not count.
    NDArray row = manager.create(new float[] {0, 0, 8, 8, 0, 0, 0, 0}, new Shape(1, 1, 1, 8));
    float[] half = Ops.resize(row, 1, 4, Interpolation.BILINEAR).toFloatArray();
    assertArrayEquals(new float[] {8f / 7, 6, 1, 0}, half, 1e-5f);
  }

  @Test
  void bicubicKeepsAConstantAndASizeKeepsAnImage() {
    NDArray constant = manager.full(new Shape(2, 3, 7, 5), 3.5f);
    for (float value : Ops.resize(constant, 11, 4, Interpolation.BICUBIC).toFloatArray()) {
      assertEquals(3.5f, value, 1e-5f);
    }
    NDArray image = manager.randomNormal(new Shape(1, 3, 6, 6));
    assertArrayEquals(
        image.toFloatArray(), Ops.resize(image, 6, 6, Interpolation.BICUBIC).toFloatArray(), 1e-6f);
  }

  @Test
  void positionsOfTheSameGridAreUntouchedAndOthersKeepTheClassToken() {
    NDArray positions = manager.randomNormal(new Shape(1, 1 + 9, 4));
    assertArrayEquals(
        positions.toFloatArray(), Ops.resamplePositions(positions, 3, 3, 3).toFloatArray());
    NDArray wide = Ops.resamplePositions(positions, 3, 3, 5);
    assertEquals(new Shape(1, 1 + 15, 4), wide.getShape());
    assertArrayEquals(positions.get(0, 0).toFloatArray(), wide.get(0, 0).toFloatArray());
  }

  @Test
  void tokensAreClassTokenThenPatchesPlusPositions() {
    NDArray patches = manager.arange(0f, 2 * 4 * 3).reshape(2, 4, 3);
    NDArray cls = manager.create(new float[] {7, 8, 9}, new Shape(1, 1, 3));
    NDArray positions = manager.full(new Shape(1, 5, 3), 100f);
    NDArray tokens = Ops.embedTokens(patches, cls, positions, 2, 2, 2);
    assertEquals(new Shape(2, 5, 3), tokens.getShape());
    assertArrayEquals(new float[] {107, 108, 109}, tokens.get(1, 0).toFloatArray());
    assertArrayEquals(new float[] {112, 113, 114}, tokens.get(1, 1).toFloatArray());
  }

  @Test
  void registersStandBetweenClassTokenAndPatches() {
    NDArray patches = manager.arange(0f, 2 * 2 * 3).reshape(2, 2, 3);
    NDArray cls = manager.full(new Shape(1, 1, 3), 7f);
    NDArray registers = manager.arange(20f, 26f).reshape(1, 2, 3);
    NDArray tokens = Ops.prependTokens(patches, cls, registers);
    assertEquals(new Shape(2, 5, 3), tokens.getShape());
    assertArrayEquals(new float[] {7, 7, 7}, tokens.get(1, 0).toFloatArray());
    assertArrayEquals(new float[] {23, 24, 25}, tokens.get(1, 2).toFloatArray());
    assertArrayEquals(new float[] {6, 7, 8}, tokens.get(1, 3).toFloatArray());
  }

  @Test
  void rotaryPositionsTurnPatchesOnlyAndByTheirPlaceInTheGrid() {
    NDArray rotary = Ops.rotaryPositions(manager.zeros(new Shape(1)), 3, 2, 4, 8);
    assertEquals(new Shape(2, 3 + 8, 8), rotary.getShape());
    for (int token = 0; token < 3; token++) {
      assertArrayEquals(new float[8], rotary.get(0, token).toFloatArray());
      for (float cosine : rotary.get(1, token).toFloatArray()) {
        assertEquals(1, cosine);
      }
    }
    // The patch in row 1 of 2 and column 2 of 4 has the positions 1/2 and 1/4; the periods are 1
    // and 10.
    double[] angles = {Math.PI, Math.PI / 10, Math.PI / 2, Math.PI / 20};
    float[] sine = rotary.get(0, 3 + 4 + 2).toFloatArray();
    float[] cosine = rotary.get(1, 3 + 4 + 2).toFloatArray();
    for (int i = 0; i < 8; i++) {
      assertEquals(Math.sin(angles[i % 4]), sine[i], 1e-6);
      assertEquals(Math.cos(angles[i % 4]), cosine[i], 1e-6);
    }
  }
}
