package org.omnirad.classify;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a classifier says of one image.
 *
 * @param image its name
 * @param labels the predicted class, or each finding with a probability above one half, which may
 *     be none
 * @param probabilities of every class, in the order of the classes
 */
public record Prediction(String image, List<String> labels, Map<String, Float> probabilities) {

  /** One line: the image, its labels, every probability. */
  @Override
  public String toString() {
    return "%s: %s (%s)"
        .formatted(
            image,
            labels.isEmpty() ? "no finding" : String.join(", ", labels),
            probabilities.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.3f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", ")));
  }
}
