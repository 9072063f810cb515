package org.omnirad.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.omnirad.data.RgbImage;
import org.omnirad.run.InputException;

/** Draws the weights of the patches over their image. */
final class AttentionOverlay {

  private static final int SIDE = 448;
  private static final double STRONGEST = 0.75;

  private AttentionOverlay() {}

  static BufferedImage draw(RgbImage image, float[] weights, int gridWidth) {
    if (gridWidth < 1 || weights.length == 0 || weights.length % gridWidth != 0) {
      throw new InputException(
          "%d weights in rows of %d.".formatted(weights.length, gridWidth),
          "Give one weight of each patch, and the patches in a row.");
    }
    double[] shares = shares(weights);
    BufferedImage picture = Pictures.fit(image.toBufferedImage(), SIDE);
    int rows = weights.length / gridWidth;
    Graphics2D g = picture.createGraphics();
    for (int i = 0; i < shares.length; i++) {
      int left = i % gridWidth * picture.getWidth() / gridWidth;
      int right = (i % gridWidth + 1) * picture.getWidth() / gridWidth;
      int top = i / gridWidth * picture.getHeight() / rows;
      int bottom = (i / gridWidth + 1) * picture.getHeight() / rows;
      g.setColor(heat(shares[i]));
      g.fillRect(left, top, right - left, bottom - top);
    }
    g.dispose();
    return picture;
  }

  // From the smallest weight, 0, to the largest, 1.
  private static double[] shares(float[] weights) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < weights.length; i++) {
      if (!Float.isFinite(weights[i])) {
        throw new InputException(
            "Weight %d is %s.".formatted(i, weights[i]), "Weights must be finite.");
      }
      smallest = Math.min(smallest, weights[i]);
      largest = Math.max(largest, weights[i]);
    }
    double[] shares = new double[weights.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = largest > smallest ? (weights[i] - smallest) / (largest - smallest) : 0;
    }
    return shares;
  }

  /** From transparent red, 0, to yellow, 1. */
  static Color heat(double share) {
    return new Color(
        (float) (0.8 + 0.2 * share), (float) (0.9 * share), 0.1f, (float) (STRONGEST * share));
  }
}
