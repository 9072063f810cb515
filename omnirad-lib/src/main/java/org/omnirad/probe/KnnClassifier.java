package org.omnirad.probe;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Task;
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
public final class KnnClassifier implements FeatureClassifier {

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
    Labels.requireSeveral(train);
    this.dim = train.dim();
    this.k = k;
    this.task = train.task();
    this.classNames = train.classNames();
    this.record =
        new RunRecord(Map.of())
            .with("classifier", "knn")
            .with("knn.k", k)
            .with("knn.temperature", TEMPERATURE)
            .with("knn.train", labels.length)
            .with("knn.trainData", trainData(train));
  }

  private static String trainData(Features train) {
    return train.record().entries().getOrDefault("data.name", "unknown");
  }

  /**
   * Keeps the train vectors.
   *
   * @param train N labelled images
   * @param k neighbours that vote, from 1 to N; DINOv2 tries 10, 20, 100 and 200
   * @throws InputException where k is out of range, labels are missing, all the same or not those
   *     of the task, or a vector is zero or not finite
   */
  public static KnnClassifier fit(Features train, int k) {
    if (k < 1 || k > train.size()) {
      throw new InputException(
          String.format(Locale.ROOT, "k is %d, but there are %,d train images.", k, train.size()),
          "Choose k from 1 to the number of train images.");
    }
    return new KnnClassifier(train, k);
  }

  /** The votes for each class; vectors are scaled to length 1, so none may be zero. */
  @Override
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

  @Override
  public String title() {
    return "kNN, k = " + k;
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public RunRecord record() {
    return record;
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
