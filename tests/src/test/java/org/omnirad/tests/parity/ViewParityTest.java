package org.omnirad.tests.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.ViewOps;

/**
 * Each transform of images computes what torchvision computes, within 1e-4 of 0..1; {@code
 * tests/parity/view_fixtures.py} wrote what is stored.
 */
class ViewParityTest {

  private static final Path FIXTURE =
      Path.of("src/test/resources/org/omnirad/tests/parity/views.safetensors").toAbsolutePath();
  private static final float TOLERANCE = 1e-4f;

  private NDManager manager;
  private SafetensorsFile file;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
    file = SafetensorsFile.open(FIXTURE);
  }

  @AfterEach
  void close() {
    file.close();
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32})
  void crop(int size) {
    check("crop" + size, (images, boxes) -> ViewOps.cropResize(images, boxes, size));
  }

  @Test
  void brightness() {
    blend("brightness", f -> new float[] {f, 0, 0});
  }

  @Test
  void contrast() {
    blend("contrast", f -> new float[] {f, 0, 1 - f});
  }

  @Test
  void saturation() {
    blend("saturation", f -> new float[] {f, 1 - f, 0});
  }

  @Test
  void hue() {
    check("hue", (images, turns) -> ViewOps.hue(images, all(turns)));
  }

  @Test
  void gamma() {
    check("gamma", (images, exponents) -> ViewOps.gamma(images, all(exponents)));
  }

  @Test
  void blur() {
    check("blur", (images, sigmas) -> ViewOps.blur(images, all(sigmas)));
  }

  @Test
  void solarise() {
    check("solarise", (images, thresholds) -> ViewOps.solarise(images, all(thresholds)));
  }

  @Test
  void rotate() {
    check("rotate", (images, degrees) -> ViewOps.rotate(images, all(degrees)));
  }

  @Test
  void grey() {
    check("grey", (images, ignored) -> ViewOps.grey(images, all(ignored)));
  }

  private interface Factors {
    float[] of(float strength);
  }

  private void blend(String name, Factors factors) {
    check(
        name,
        (images, strengths) -> {
          float[] values = strengths.toFloatArray();
          float[] rows = new float[3 * values.length];
          for (int i = 0; i < values.length; i++) {
            System.arraycopy(factors.of(values[i]), 0, rows, 3 * i, 3);
          }
          return ViewOps.blend(images, manager.create(rows, new Shape(values.length, 3)));
        });
  }

  /** The image, once for each parameter, transformed. */
  private void check(String name, BinaryOperator<NDArray> transform) {
    NDArray parameters = file.toArray(manager, name + ".parameters");
    NDArray images =
        file.toArray(manager, "image").expandDims(0).repeat(0, parameters.getShape().get(0));
    assertArrayEquals(
        file.floats(name + ".views"),
        transform.apply(images, parameters).toFloatArray(),
        TOLERANCE,
        name);
  }

  private NDArray all(NDArray values) {
    return manager.arange((float) values.size()).stack(values, 1);
  }
}
