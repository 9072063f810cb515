package org.omnirad.data.phantom;

import java.util.SplittableRandom;

/** Turns a map of signal into a magnitude image with coil shading and Rician noise. */
final class MrScanner {

  private MrScanner() {}

  /**
   * The picture of one slice.
   *
   * @param canvas signal, 0 to about 1; changed
   * @param noise standard deviation of the noise in each of the two channels
   */
  static byte[] picture(Canvas canvas, double noise, SplittableRandom random) {
    View view = canvas.view;
    int n = view.n;
    double tiltX = random.nextDouble(-0.25, 0.25);
    double tiltY = random.nextDouble(-0.25, 0.25);
    double bowl = random.nextDouble(-0.1, 0.35);
    double white = random.nextDouble(0.8, 1.1);
    Canvas.blur(canvas.values, n, 0.5, 0.5);
    for (int row = 0, i = 0; row < n; row++) {
      double v = 2.0 * row / n - 1;
      for (int column = 0; column < n; column++, i++) {
        double u = 2.0 * column / n - 1;
        double coil = 1 + tiltX * u + tiltY * v + bowl * (u * u + v * v - 0.7);
        double real = canvas.values[i] * coil + noise * random.nextGaussian();
        double imaginary = noise * random.nextGaussian();
        canvas.values[i] = (float) Math.sqrt(real * real + imaginary * imaginary);
      }
    }
    return canvas.grey(0, white);
  }
}
