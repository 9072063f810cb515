package org.omnirad.probe;

import java.util.Arrays;
import org.omnirad.encoder.Features;
import org.omnirad.run.InputException;

/** Feature vectors scaled to length 1. */
final class UnitVectors {

  private UnitVectors() {}

  static float[][] of(Features features) {
    float[][] unit = new float[features.size()][];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = scale(features.vectors()[i], features.dim(), features.ids().get(i));
    }
    return unit;
  }

  private static float[] scale(float[] vector, int dim, String id) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    if (vector.length != dim || !(squares > 0 && Double.isFinite(squares))) {
      String wrong =
          vector.length != dim
              ? "has length %d, others have %d".formatted(vector.length, dim)
              : squares == 0 ? "is zero" : "holds values that are not finite";
      throw new InputException(
          "The feature vector of %s %s.".formatted(id, wrong),
          "Check the image and the encoder's weights, and embed it again.");
    }
    double scale = 1 / Math.sqrt(squares);
    float[] unit = Arrays.copyOf(vector, dim);
    for (int d = 0; d < dim; d++) {
      unit[d] = (float) (unit[d] * scale);
    }
    return unit;
  }
}
