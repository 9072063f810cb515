package org.omnirad.probe;

import java.util.List;
import java.util.Locale;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Task;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * The k-nearest-neighbour classifier by which DINO and DINOv2 judge frozen features (Caron et al.
 * 2021): vectors are scaled to length 1, the k train vectors with the largest dot product vote for
 * their class with weight exp(similarity / 0.07), and the votes are divided by the sum of weights.
 * For a multi-label task they vote for each of their findings, so that its probability is the
 * weighted share of neighbours that have it. Nothing is learned, so that the score speaks of the
 * features alone.
 */
public final class KnnClassifier {

  /** Divides the similarities before the exponential. */
  public static final double TEMPERATURE = 0.07;

  private final NearestSearch train;
  private final int[][] labels;
  private final int dim;
  private final int k;
  private final Task task;
  private final List<String> classNames;
  private final RunRecord record;

  private KnnClassifier(Features train, int k) {
    this.train = new NearestSearch(UnitVectors.of(train), k);
    this.labels = Labels.of(train);
    this.dim = train.dim();
    this.k = k;
    this.task = train.task();
    this.classNames = train.classNames();
    this.record = train.record();
  }

  /**
   * Keeps the train vectors.
   *
   * @param train N labelled images
   * @param k neighbours that vote, from 1 to N; DINOv2 tries 10, 20, 100 and 200
   * @throws InputException where k is out of range, labels are missing or not those of the task, or
   *     a vector is zero or not finite
   */
  public static KnnClassifier fit(Features train, int k) {
    if (k < 1 || k > train.size()) {
      throw new InputException(
          String.format(Locale.ROOT, "k is %d, but there are %,d train images.", k, train.size()),
          "Choose k from 1 to the number of train images.");
    }
    return new KnnClassifier(train, k);
  }

  /**
   * The votes for each class.
   *
   * @param features M images; labels are not looked at
   * @return M x K probabilities; rows sum to 1 but for a multi-label task
   * @throws InputException where vectors differ in length from the train vectors, or one is zero or
   *     not finite
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public float[][] predict(Features features) {
    if (features.size() > 0 && features.dim() != dim) {
      throw new InputException(
          "Vectors of length %d, but the train vectors have length %d."
              .formatted(features.dim(), dim),
          "Embed both with the same encoder and feature spec.");
    }
    float[][] queries = UnitVectors.of(features);
    float[][] probabilities = new float[queries.length][];
    train.run("kNN", queries, (query, nearest) -> probabilities[query] = vote(nearest));
    return probabilities;
  }

  /**
   * Predicts labelled images and scores the predictions.
   *
   * @throws InputException as {@link #predict}, and where labels are missing or the classes differ
   *     from those of the train images
   */
  public ClassificationReport evaluate(Features test) {
    if (test.task() != task || !test.classNames().equals(classNames)) {
      throw new InputException(
          "Test classes %s (%s), but train classes %s (%s)."
              .formatted(test.classNames(), test.task(), classNames, task),
          "Evaluate on a split of the same dataset.");
    }
    Labels.check(test);
    return ClassificationReport.of(
        "kNN, k = " + k,
        task,
        test.targets(),
        predict(test),
        classNames,
        test.record()
            .with("classifier", "knn")
            .with("knn.k", k)
            .with("knn.temperature", TEMPERATURE)
            .with("knn.train", labels.length)
            .with("knn.trainData", record.entries().getOrDefault("data.name", "unknown")));
  }

  private float[] vote(NearestHeap nearest) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < nearest.size(); i++) {
      largest = Math.max(largest, nearest.similarity(i));
    }
    double[] votes = new double[classNames.size()];
    double sum = 0;
    for (int i = 0; i < nearest.size(); i++) {
      double weight = Math.exp((nearest.similarity(i) - largest) / TEMPERATURE);
      for (int label : labels[nearest.index(i)]) {
        votes[label] += weight;
      }
      sum += weight;
    }
    float[] probabilities = new float[votes.length];
    for (int c = 0; c < votes.length; c++) {
      probabilities[c] = (float) (votes[c] / sum);
    }
    return probabilities;
  }
}
