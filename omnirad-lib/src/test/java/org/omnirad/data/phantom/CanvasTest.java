package org.omnirad.data.phantom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CanvasTest {

  private static Canvas straight(int n, double fieldMm) {
    return new Canvas(new View(n, new View.Pose(0, 0, fieldMm, 0), new Noise(1), 0, 30), 0);
  }

  private static double area(Canvas canvas) {
    double sum = 0;
    for (float value : canvas.values) {
      sum += value;
    }
    return sum * canvas.view.pixelMm * canvas.view.pixelMm;
  }

  @Test
  void distancesAreThoseOfGeometry() {
    Shape disc = Shape.disc(2, 0, 5);
    assertEquals(3, disc.distance(10, 0), 1e-9);
    assertEquals(-4, disc.distance(2, 1), 1e-9);
    Shape rod = Shape.rod(0, 0, 10, 0, 2, 2);
    assertEquals(1, rod.distance(5, 3), 1e-9);
    assertEquals(3, rod.distance(15, 0), 1e-9);
    assertEquals(1, disc.grown(2).distance(10, 0), 1e-9);
    assertEquals(-1, disc.rim(1).distance(2, 4.5) * 2, 1e-9);
    assertTrue(disc.minus(rod).distance(2, 0) > 0);
    assertTrue(disc.or(rod).distance(10, 1) < 0);
    assertTrue(disc.and(rod).distance(10, 1) > 0);
  }

  @Test
  void paintedRegionsHaveTheirAreaAtAnyPixelSize() {
    for (int n : new int[] {16, 50, 200}) {
      Canvas disc = straight(n, 100);
      disc.fill(Shape.disc(3, -2, 20), 1);
      assertEquals(Math.PI * 400, area(disc), 25, n + " px");
      Canvas thin = straight(n, 100);
      thin.fill(Shape.rod(-30, 0, 30, 7, 0.5, 0.5), 1);
      assertEquals(60.4, area(thin), 9, n + " px");
    }
  }

  @Test
  void turningAndBendingKeepWhatIsPaintedInsideItsBox() {
    var view = new View(80, new View.Pose(10, -5, 90, 0.7), new Noise(5), 6, 30);
    Shape disc = Shape.disc(20, 10, 9);
    Canvas canvas = new Canvas(view, 0);
    canvas.fill(disc, 1);
    for (int i = 0; i < canvas.values.length; i++) {
      double cover = Math.clamp(0.5 - disc.distance(view.x[i], view.y[i]) / view.pixelMm, 0.0, 1.0);
      assertEquals(cover, canvas.values[i], 1e-6);
    }
  }

  @Test
  void clippedPaintStaysInside() {
    Canvas canvas = straight(100, 100);
    canvas.within(Shape.disc(0, 0, 20)).fill(Shape.rod(-40, 0, 40, 0, 3, 3), 1);
    assertEquals(40 * 6, area(canvas), 12);
  }

  @Test
  void blurKeepsTheSumAndSpreadsAsAsked() {
    Canvas canvas = straight(61, 61);
    canvas.values[30 * 61 + 30] = 1;
    Canvas.blur(canvas.values, 61, 2, 4);
    double across = 0;
    double down = 0;
    for (int i = 0; i < canvas.values.length; i++) {
      across += canvas.values[i] * Math.pow(i % 61 - 30, 2);
      down += canvas.values[i] * Math.pow(Math.floorDiv(i, 61) - 30, 2);
    }
    assertEquals(1, area(canvas), 1e-5);
    assertEquals(2, Math.sqrt(across), 0.15);
    assertEquals(4, Math.sqrt(down), 0.3);
  }

  @Test
  void maskIsNeverEmpty() {
    Canvas canvas = straight(16, 400);
    byte[] mask = canvas.mask(Shape.disc(100, -100, 1));
    int ones = 0;
    for (byte b : mask) {
      ones += b;
    }
    assertEquals(1, ones);
    assertEquals(1, mask[4 * 16 - 5]);
  }

  @Test
  void noiseIsSmoothAndCentred() {
    var noise = new Noise(3);
    var random = new SplittableRandom(1);
    double sum = 0;
    double power = 0;
    for (int i = 0; i < 20000; i++) {
      double x = random.nextDouble(-500, 500);
      double y = random.nextDouble(-500, 500);
      double value = noise.rough(x, y);
      assertEquals(value, noise.rough(x + 1e-4, y), 2e-3);
      sum += value / 20000;
      power += value * value / 20000;
    }
    assertEquals(0, sum, 0.02);
    assertEquals(0.24, Math.sqrt(power), 0.05);
  }

  @Test
  void greyIsClampedAtTheWindow() {
    Canvas canvas = straight(16, 16);
    canvas.values[0] = -100;
    canvas.values[1] = 40;
    canvas.values[2] = 5000;
    byte[] grey = canvas.grey(0, 80);
    assertArrayEquals(
        new byte[] {0, (byte) 128, (byte) 255}, new byte[] {grey[0], grey[1], grey[2]});
  }
}
