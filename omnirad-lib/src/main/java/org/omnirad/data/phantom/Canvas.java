package org.omnirad.data.phantom;

import java.util.Arrays;
import java.util.SplittableRandom;

/** One physical quantity over the pixels of a view, painted region by region. */
final class Canvas {

  final View view;
  final float[] values;
  private final float[] clip;

  Canvas(View view, double background) {
    this(view, new float[view.n * view.n], new float[view.n * view.n]);
    Arrays.fill(values, (float) background);
    Arrays.fill(clip, 1);
  }

  private Canvas(View view, float[] values, float[] clip) {
    this.view = view;
    this.values = values;
    this.clip = clip;
  }

  /** The same canvas, where whatever is painted stays inside a region. */
  Canvas within(Shape shape) {
    var cover = new Canvas(view, 0);
    cover.fill(shape, 1);
    return new Canvas(view, values, cover.values);
  }

  /** A value that depends on the place. */
  @FunctionalInterface
  interface Paint {
    /** The new value of a pixel at (x, y) mm that had {@code old}. */
    double at(double x, double y, double old);
  }

  /** Sets the inside of a region, with a border one pixel soft. */
  void fill(Shape shape, double value) {
    paint(shape, 0, (x, y, old) -> value);
  }

  /** Sets the inside of a region, with a border so many mm soft. */
  void fill(Shape shape, double value, double softMm) {
    paint(shape, softMm, (x, y, old) -> value);
  }

  /** Adds to the inside of a region. */
  void add(Shape shape, double value, double softMm) {
    paint(shape, softMm, (x, y, old) -> old + value);
  }

  /** Paints the inside of a region, with a border at least one pixel and {@code softMm} soft. */
  void paint(Shape shape, double softMm, Paint paint) {
    double perMm = 1 / Math.max(view.pixelMm, softMm);
    double width = 2 * shape.halfWidth() * perMm;
    int[] box = view.pixels(shape.bounds());
    for (int row = box[2]; row <= box[3]; row++) {
      for (int i = row * view.n + box[0]; i <= row * view.n + box[1]; i++) {
        double toBorder = 0.5 - shape.distance(view.x[i], view.y[i]) * perMm;
        if (toBorder > 0 && clip[i] > 0) {
          // A region thinner than the pixel covers only a part of it.
          double cover = Math.min(1, toBorder) - Math.clamp(toBorder - width, 0.0, 1.0);
          double old = values[i];
          values[i] = (float) (old + cover * clip[i] * (paint.at(view.x[i], view.y[i], old) - old));
        }
      }
    }
  }

  /** Adds a random texture to the inside of a region. */
  void texture(Shape shape, Noise noise, double amplitude, double scaleMm) {
    paint(shape, 0, (x, y, old) -> old + amplitude * noise.rough(x / scaleMm, y / scaleMm));
  }

  /** The pixels inside a region as 1, the others 0; never empty where the region is in view. */
  byte[] mask(Shape shape) {
    byte[] mask = new byte[values.length];
    int nearest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < mask.length; i++) {
      double distance = shape.distance(view.x[i], view.y[i]);
      mask[i] = (byte) (distance <= 0 ? 1 : 0);
      if (distance < least) {
        least = distance;
        nearest = i;
      }
    }
    mask[nearest] = 1;
    return mask;
  }

  /** Gaussian blur, edges repeated; standard deviations in pixels. */
  static void blur(float[] values, int n, double sigmaX, double sigmaY) {
    blurRows(values, n, kernel(sigmaX));
    blurColumns(values, n, kernel(sigmaY));
  }

  private static float[] kernel(double sigma) {
    int radius = (int) Math.ceil(2.5 * sigma);
    float[] kernel = new float[2 * radius + 1];
    float sum = 0;
    for (int k = -radius; k <= radius; k++) {
      kernel[k + radius] = sigma == 0 ? 1 : (float) Math.exp(-k * k / (2 * sigma * sigma));
      sum += kernel[k + radius];
    }
    for (int k = 0; k < kernel.length; k++) {
      kernel[k] /= sum;
    }
    return kernel;
  }

  private static void blurRows(float[] values, int n, float[] kernel) {
    int radius = kernel.length / 2;
    if (radius == 0) {
      return;
    }
    float[] line = new float[n + 2 * radius];
    for (int row = 0; row < n; row++) {
      System.arraycopy(values, row * n, line, radius, n);
      Arrays.fill(line, 0, radius, values[row * n]);
      Arrays.fill(line, n + radius, line.length, values[row * n + n - 1]);
      for (int i = 0; i < n; i++) {
        float sum = 0;
        for (int k = 0; k < kernel.length; k++) {
          sum += kernel[k] * line[i + k];
        }
        values[row * n + i] = sum;
      }
    }
  }

  private static void blurColumns(float[] values, int n, float[] kernel) {
    int radius = kernel.length / 2;
    if (radius == 0) {
      return;
    }
    float[] source = values.clone();
    Arrays.fill(values, 0);
    for (int row = 0; row < n; row++) {
      for (int k = -radius; k <= radius; k++) {
        int from = Math.clamp(row + k, 0, n - 1) * n;
        float weight = kernel[k + radius];
        for (int i = 0; i < n; i++) {
          values[row * n + i] += weight * source[from + i];
        }
      }
    }
  }

  /** Unit normal noise per pixel. */
  static float[] whiteNoise(int count, SplittableRandom random) {
    float[] noise = new float[count];
    for (int i = 0; i < count; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return noise;
  }

  /** Grey values: {@code low} becomes black, {@code high} white. */
  byte[] grey(double low, double high) {
    byte[] grey = new byte[values.length];
    double scale = 255 / (high - low);
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) Math.clamp(Math.round((values[i] - low) * scale), 0L, 255L);
    }
    return grey;
  }
}
