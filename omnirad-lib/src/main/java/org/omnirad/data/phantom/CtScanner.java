package org.omnirad.data.phantom;

import java.util.SplittableRandom;

/** Turns a map of Hounsfield units into a reconstructed and windowed slice. */
final class CtScanner {

  private CtScanner() {}

  /**
   * The picture of one slice.
   *
   * @param canvas attenuation in HU; changed
   * @param noiseHu standard deviation of the noise
   * @param level centre of the window, HU
   * @param width width of the window, HU
   */
  static byte[] picture(
      Canvas canvas, double noiseHu, double level, double width, SplittableRandom random) {
    int n = canvas.view.n;
    Canvas.blur(canvas.values, n, 0.55, 0.55);
    // Filtered back projection leaves noise with little power at low frequencies.
    float[] fine = Canvas.whiteNoise(n * n, random);
    double grain = Math.max(0.5, 0.9 / canvas.view.pixelMm);
    Canvas.blur(fine, n, grain, grain);
    float[] coarse = fine.clone();
    Canvas.blur(coarse, n, 2 * grain, 2 * grain);
    double gain = noiseHu * 4.2 * grain;
    for (int i = 0; i < fine.length; i++) {
      canvas.values[i] += (float) (gain * (fine[i] - coarse[i]));
    }
    return canvas.grey(level - width / 2, level + width / 2);
  }
}
