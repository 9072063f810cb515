package org.omnirad.plot;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.InputException;

/** The images whose wrong class was thought the most probable. */
final class Mistakes {

  private static final int COLUMNS = 4;

  private Mistakes() {}

  /**
   * A wrong prediction.
   *
   * @param k the class predicted, or the finding that is seen or missed
   * @param certainty the probability of what was said, above one half for two classes or a finding
   */
  private record Mistake(int image, int k, double certainty) {}

  static BufferedImage draw(ClassificationReport report, ImageList images, int count) {
    if (images.size() != report.predictions().size()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s is about %,d images, but %,d are given.",
              report.title(),
              report.predictions().size(),
              images.size()),
          "Give the images that were evaluated, in the same order.");
    }
    List<Mistake> worst = worst(report.predictions(), count);
    if (worst.isEmpty()) {
      throw new InputException(
          "%s: %d mistakes asked for, none to show.".formatted(report.title(), count),
          "Ask for at least one, of a classifier that makes some.");
    }
    String title = "Mistakes: " + Titles.of(report.title(), images);
    return new Montage(title, worst.size(), Math.min(COLUMNS, worst.size()), 2)
        .draw(
            i -> {
              Mistake mistake = worst.get(i);
              Sample sample = images.get(mistake.image);
              check(sample, report, mistake.image);
              return new Montage.Tile(sample.image().toBufferedImage(), caption(report, mistake));
            });
  }

  private static List<Mistake> worst(Predictions predictions, int count) {
    var mistakes = new ArrayList<Mistake>();
    boolean findings = predictions.task() == Task.MULTI_LABEL;
    for (int i = 0; i < predictions.size(); i++) {
      for (int k = 0; k < predictions.classes(); k++) {
        boolean said = predictions.isPredicted(i, k);
        if (said != predictions.isTrue(i, k) && (findings || said)) {
          float p = predictions.probabilities()[i][k];
          mistakes.add(new Mistake(i, k, said ? p : 1.0 - p));
        }
      }
    }
    mistakes.sort(Comparator.comparingDouble(m -> -m.certainty));
    return mistakes.subList(0, Math.clamp(count, 0, mistakes.size()));
  }

  private static void check(Sample sample, ClassificationReport report, int image) {
    int[] target = report.predictions().targets()[image];
    if (!Arrays.equals(sample.labels(), target)) {
      throw new InputException(
          "%s has the labels %s, but image %d of %s has %s."
              .formatted(
                  sample.id(),
                  Arrays.toString(sample.labels()),
                  image,
                  report.title(),
                  Arrays.toString(target)),
          "Give the images that were evaluated, in the same order.");
    }
  }

  private static String caption(ClassificationReport report, Mistake mistake) {
    Predictions predictions = report.predictions();
    String name = report.classNames().get(mistake.k);
    String truth = name;
    if (predictions.task() != Task.MULTI_LABEL) {
      truth = report.classNames().get(predictions.targets()[mistake.image][0]);
    } else if (!predictions.isTrue(mistake.image, mistake.k)) {
      truth = "no " + name;
    }
    double percent = 100 * predictions.probabilities()[mistake.image][mistake.k];
    return String.format(Locale.ROOT, "true: %s\n%.0f %% %s", truth, percent, name);
  }
}
