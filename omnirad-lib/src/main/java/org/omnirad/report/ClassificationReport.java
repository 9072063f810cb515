package org.omnirad.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.omnirad.metric.Auc;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.ConfusionMatrix;
import org.omnirad.metric.Interval;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * How well a classifier did on labelled images.
 *
 * @param title the classifier, such as "kNN, k = 20"
 * @param accuracy share of images classified rightly
 * @param macroF1 mean F1 of the classes that occur
 * @param auc two classes: of the second; more: mean of each class against the rest. Undefined where
 *     the data lack a class
 * @param confusion counts, row = true class, column = predicted class
 * @param classNames the K names
 * @param record where the result comes from
 */
public record ClassificationReport(
    String title,
    Interval accuracy,
    Interval macroF1,
    Interval auc,
    ConfusionMatrix confusion,
    List<String> classNames,
    RunRecord record)
    implements Report {

  private static final double SUM_TOLERANCE = 1e-3;

  /** Copies the names and checks their number. */
  public ClassificationReport {
    classNames = List.copyOf(classNames);
    if (classNames.size() != confusion.classes()) {
      throw new IllegalArgumentException(
          "%d class names for %d classes".formatted(classNames.size(), confusion.classes()));
    }
  }

  /** A report with {@link Bootstrap#defaults} intervals. */
  public static ClassificationReport of(
      String title,
      int[] truth,
      float[][] probabilities,
      List<String> classNames,
      RunRecord record) {
    return of(title, truth, probabilities, classNames, record, Bootstrap.defaults());
  }

  /**
   * Scores predictions; the predicted class is the most probable, the first among equals.
   *
   * @param truth N classes in [0, K)
   * @param probabilities N x K, rows that sum to 1
   * @param classNames K names
   * @throws InputException where the parts do not fit together or a row is no distribution
   */
  public static ClassificationReport of(
      String title,
      int[] truth,
      float[][] probabilities,
      List<String> classNames,
      RunRecord record,
      Bootstrap bootstrap) {
    int n = truth.length;
    int classes = classNames.size();
    if (n == 0 || n != probabilities.length || classes < 2) {
      throw new InputException(
          "%s: %d true classes, %d predictions, %d class names."
              .formatted(title, n, probabilities.length, classes),
          "A report needs at least one image, one prediction for each, and two classes.");
    }
    int[] predicted = new int[n];
    for (int i = 0; i < n; i++) {
      predicted[i] = mostProbable(title, i, probabilities[i], classes);
    }
    return new ClassificationReport(
        title,
        bootstrap.interval(
            n, times -> ConfusionMatrix.of(truth, predicted, classes, times).accuracy()),
        bootstrap.interval(
            n, times -> ConfusionMatrix.of(truth, predicted, classes, times).macroF1()),
        Auc.interval(truth, probabilities, bootstrap),
        ConfusionMatrix.of(truth, predicted, classes),
        classNames,
        record
            .with("bootstrap.resamples", bootstrap.resamples())
            .with("bootstrap.seed", bootstrap.seed()));
  }

  @Override
  public List<String> columns() {
    return List.of("measure", "value", "low", "high");
  }

  /** Accuracy, macro F1 and AUC with both ends of their intervals. */
  @Override
  public List<List<Object>> rows() {
    return List.of(row("accuracy", accuracy), row("macro F1", macroF1), row("AUC", auc));
  }

  /** Images, precision, recall and F1 of each class. */
  public Report perClass() {
    var rows = new ArrayList<List<Object>>();
    for (int k = 0; k < classNames.size(); k++) {
      rows.add(
          List.of(
              classNames.get(k),
              Math.toIntExact(confusion.support(k)),
              confusion.precision(k),
              confusion.recall(k),
              confusion.f1(k)));
    }
    return new PerClass(title + ", by class", List.copyOf(rows), record);
  }

  private record PerClass(String title, List<List<Object>> rows, RunRecord record)
      implements Report {
    @Override
    public List<String> columns() {
      return List.of("class", "images", "precision", "recall", "F1");
    }
  }

  /** A line with the sizes, then one for each measure. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %,d images, %d classes%n  accuracy  %s%n  macro F1  %s%n  AUC       %s",
        title,
        confusion.total(),
        classNames.size(),
        accuracy,
        macroF1,
        auc);
  }

  private static List<Object> row(String name, Interval value) {
    return value.defined()
        ? List.of(name, value.point(), value.low(), value.high())
        : List.of(name, "undefined", "undefined", "undefined");
  }

  private static int mostProbable(String title, int item, float[] row, int classes) {
    double sum = 0;
    int best = 0;
    for (int k = 0; k < row.length; k++) {
      sum += row[k] >= 0 ? row[k] : Double.NaN;
      best = row[k] > row[best] ? k : best;
    }
    if (row.length != classes || !(Math.abs(sum - 1) < SUM_TOLERANCE)) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s: the prediction for image %d has %d values with sum %.4g.",
              title,
              item,
              row.length,
              sum),
          "Expected %d probabilities with sum 1; apply a softmax to logits.".formatted(classes));
    }
    return best;
  }
}
