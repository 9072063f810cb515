package org.omnirad.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.omnirad.metric.Bootstrap;
import org.omnirad.metric.ConfusionMatrix;
import org.omnirad.metric.Interval;
import org.omnirad.metric.Measure;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * How well a classifier did on labelled images, for each of the four tasks.
 *
 * @param title the classifier, such as "kNN, k = 20"
 * @param predictions what it said of each image, beside the truth
 * @param measures those of the task, in the order of {@link Measure#of}; a measure is undefined
 *     where it has no value, such as the AUC where the data lack a class
 * @param classNames the K names
 * @param record where the result comes from
 */
public record ClassificationReport(
    String title,
    Predictions predictions,
    Map<Measure, Interval> measures,
    List<String> classNames,
    RunRecord record)
    implements Report {

  /** Copies the measures and names and checks that they are complete. */
  public ClassificationReport {
    measures = Collections.unmodifiableMap(new EnumMap<>(measures));
    classNames = List.copyOf(classNames);
    if (classNames.size() != predictions.classes()
        || !List.copyOf(measures.keySet()).equals(Measure.of(predictions.task()))) {
      throw new IllegalArgumentException(
          "%d class names for %d classes, measures %s of a task %s"
              .formatted(
                  classNames.size(), predictions.classes(), measures.keySet(), predictions.task()));
    }
  }

  /** A report with {@link Bootstrap#defaults} intervals. */
  public static ClassificationReport of(
      String title,
      Task task,
      int[][] targets,
      float[][] probabilities,
      List<String> classNames,
      RunRecord record) {
    return of(title, task, targets, probabilities, classNames, record, Bootstrap.defaults());
  }

  /**
   * Scores predictions.
   *
   * @param targets N labels as those of a sample: one class in [0, K), or for a multi-label task K
   *     zeros and ones, all of them 0 where nothing was found
   * @param probabilities N x K, each in [0, 1]; rows sum to 1 but for a multi-label task
   * @param classNames K names
   * @throws InputException where the parts do not fit together, a target is missing, or a row holds
   *     no probabilities
   */
  public static ClassificationReport of(
      String title,
      Task task,
      int[][] targets,
      float[][] probabilities,
      List<String> classNames,
      RunRecord record,
      Bootstrap bootstrap) {
    Predictions predictions;
    try {
      predictions = new Predictions(task, targets, probabilities, classNames.size());
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s: %s.".formatted(title, e.getMessage()),
          "Score predictions of labelled images of the same classes.");
    }
    var measures = new EnumMap<Measure, Interval>(Measure.class);
    for (Measure measure : Measure.of(task)) {
      measures.put(measure, predictions.interval(measure, bootstrap));
    }
    return new ClassificationReport(
        title,
        predictions,
        measures,
        classNames,
        record
            .with("bootstrap.resamples", bootstrap.resamples())
            .with("bootstrap.seed", bootstrap.seed()));
  }

  /** {@link Measure#ACCURACY}. */
  public Interval accuracy() {
    return measures.get(Measure.ACCURACY);
  }

  /** {@link Measure#MACRO_F1}. */
  public Interval macroF1() {
    return measures.get(Measure.MACRO_F1);
  }

  /** {@link Measure#AUC}. */
  public Interval auc() {
    return measures.get(Measure.AUC);
  }

  /**
   * Counts, row = true class, column = predicted class.
   *
   * @throws InputException for a multi-label task, as an image may have several findings
   */
  public ConfusionMatrix confusion() {
    if (predictions.task() == Task.MULTI_LABEL) {
      throw new InputException(
          title + ": images with several findings have no one confusion matrix.",
          "perClass() tells how well each finding is found.");
    }
    return predictions.confusion();
  }

  @Override
  public List<String> columns() {
    return List.of("measure", "value", "low", "high");
  }

  /** Each measure with both ends of its interval. */
  @Override
  public List<List<Object>> rows() {
    return measures.entrySet().stream().map(e -> row(e.getKey(), e.getValue())).toList();
  }

  /** Images, precision, recall and F1 of each class or finding. */
  public Report perClass() {
    var rows = new ArrayList<List<Object>>();
    for (int k = 0; k < classNames.size(); k++) {
      ConfusionMatrix confusion = predictions.confusion(k);
      rows.add(
          List.of(
              classNames.get(k),
              Math.toIntExact(confusion.support(1)),
              confusion.precision(1),
              confusion.recall(1),
              confusion.f1(1)));
    }
    return new Part(
        title + ", by class",
        List.of("class", "images", "precision", "recall", "F1"),
        List.copyOf(rows),
        record);
  }

  /** A line with the sizes, then one for each measure but macro precision and recall. */
  @Override
  public String toString() {
    List<Measure> shown =
        measures.keySet().stream()
            .filter(m -> m != Measure.MACRO_PRECISION && m != Measure.MACRO_RECALL)
            .toList();
    int width = shown.stream().mapToInt(m -> m.label().length()).max().orElseThrow();
    var lines = new StringJoiner(System.lineSeparator());
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %,d images, %d %s",
            title,
            predictions.size(),
            classNames.size(),
            predictions.task() == Task.MULTI_LABEL ? "findings" : "classes"));
    for (Measure measure : shown) {
      String label = measure.label();
      lines.add("  " + label + " ".repeat(width + 2 - label.length()) + measures.get(measure));
    }
    return lines.toString();
  }

  private static List<Object> row(Measure measure, Interval value) {
    return value.defined()
        ? List.of(measure.label(), value.point(), value.low(), value.high())
        : List.of(measure.label(), "undefined", "undefined", "undefined");
  }
}
