package org.omnirad.data.phantom;

import java.util.SplittableRandom;

/**
 * Turns maps of echo strength and attenuation into a B-mode picture: each pixel scatters with a
 * random phase, the pulse blurs the complex sum, its magnitude is shown in decibels. That is where
 * speckle, shadows and enhancement come from.
 */
final class Ultrasound {

  /** Echo of a medium without scatterers, dB. */
  static final double NO_ECHO = -45;

  private final View beams;
  final Canvas echo;
  final Canvas loss;

  /**
   * Soft tissue everywhere.
   *
   * @param beams rows of equal depth
   */
  Ultrasound(View beams) {
    this.beams = beams;
    this.echo = new Canvas(beams, 0);
    this.loss = new Canvas(beams, 0);
  }

  /**
   * The echoes in dB below the brightest.
   *
   * @param lateralMm width of the beam
   * @param axialMm length of the pulse
   * @param residual loss per mm that the depth gain leaves, dB
   */
  float[] scan(double lateralMm, double axialMm, double residual, SplittableRandom random) {
    int n = beams.n;
    float[] real = Canvas.whiteNoise(n * n, random);
    float[] imaginary = Canvas.whiteNoise(n * n, random);
    for (int column = 0; column < n; column++) {
      double lost = 0;
      for (int row = 0; row < n; row++) {
        int i = row * n + column;
        lost = Math.max(-9, lost + (loss.values[i] + residual) * beams.pixelMm);
        float amplitude = (float) Math.exp((echo.values[i] - lost) * (Math.log(10) / 20));
        real[i] *= amplitude;
        imaginary[i] *= amplitude;
      }
    }
    double sigmaX = Math.max(0.55, lateralMm / beams.pixelMm);
    double sigmaY = Math.max(0.4, axialMm / beams.pixelMm);
    Canvas.blur(real, n, sigmaX, sigmaY);
    Canvas.blur(imaginary, n, sigmaX, sigmaY);
    double gain = 2 * Math.PI * sigmaX * sigmaY;
    for (int i = 0; i < real.length; i++) {
      real[i] = (float) ((real[i] * real[i] + imaginary[i] * imaginary[i]) * gain);
    }
    // Several looks at slightly different angles fill the deepest nulls of the speckle.
    Canvas.blur(real, n, 0.7 * sigmaX, 0.9 * sigmaY);
    for (int i = 0; i < real.length; i++) {
      real[i] = (float) (10 * Math.log10(real[i] + 1e-6));
    }
    return real;
  }

  /** Grey values of echoes: {@code low} dB becomes black, {@code high} white. */
  static byte[] grey(float[] decibels, double low, double high) {
    byte[] grey = new byte[decibels.length];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) Math.clamp(Math.round(255 * (decibels[i] - low) / (high - low)), 0L, 255L);
    }
    return grey;
  }

  /**
   * Beams of a curved probe laid out as they run in the body.
   *
   * @param field where the picture lies; not turned
   * @return grey values, black outside the fan
   */
  static byte[] layOut(byte[] beams, int n, View.Fan fan, View.Pose field) {
    byte[] picture = new byte[n * n];
    double pixelMm = field.fieldMm() / n;
    for (int row = 0, i = 0; row < n; row++) {
      double y = field.y() + (row + 0.5 - n / 2.0) * pixelMm + fan.probeMm();
      for (int column = 0; column < n; column++, i++) {
        double x = field.x() + (column + 0.5 - n / 2.0) * pixelMm;
        double r = (Math.sqrt(x * x + y * y) - fan.probeMm()) / fan.depthMm();
        double angle = Math.atan2(x, y) / fan.halfAngle();
        if (r >= 0 && r < 1 && Math.abs(angle) < 1) {
          picture[i] = sample(beams, n, (angle + 1) / 2 * n - 0.5, r * n - 0.5);
        }
      }
    }
    return picture;
  }

  private static byte sample(byte[] values, int n, double x, double y) {
    int x0 = Math.clamp((int) x, 0, n - 2);
    int y0 = Math.clamp((int) y, 0, n - 2);
    double u = Math.clamp(x - x0, 0.0, 1.0);
    double v = Math.clamp(y - y0, 0.0, 1.0);
    int i = y0 * n + x0;
    double top = (values[i] & 255) * (1 - u) + (values[i + 1] & 255) * u;
    double bottom = (values[i + n] & 255) * (1 - u) + (values[i + n + 1] & 255) * u;
    return (byte) Math.round(top + v * (bottom - top));
  }
}
