package org.omnirad.probe;

import java.util.List;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Task;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/** A classifier that reads the features of a frozen encoder. */
public interface FeatureClassifier {

  /** Its name in reports, such as "kNN, k = 20". */
  String title();

  /** What its K outputs mean. */
  Task task();

  /** The K class names. */
  List<String> classNames();

  /** How it was made. */
  RunRecord record();

  /**
   * The probabilities of each class.
   *
   * @param features M images; labels are not looked at
   * @return M x K; rows sum to 1 but for a multi-label task
   * @throws InputException where the features are not of the kind that it knows
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  float[][] predict(Features features);

  /**
   * Predicts labelled images and scores the predictions.
   *
   * @throws InputException as {@link #predict}, and where labels are missing or the classes differ
   *     from those of the train images
   */
  default ClassificationReport evaluate(Features test) {
    if (test.task() != task() || !test.classNames().equals(classNames())) {
      throw new InputException(
          "Test classes %s (%s), but train classes %s (%s)."
              .formatted(test.classNames(), test.task(), classNames(), task()),
          "Evaluate on a split of the same dataset.");
    }
    Labels.check(test);
    return ClassificationReport.of(
        title(), task(), test.targets(), predict(test), classNames(), test.record().with(record()));
  }
}
