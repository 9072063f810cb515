package org.omnirad.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.omnirad.metric.Task;
import org.omnirad.run.Progress;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;

/** A list of samples that are decoded when asked for. Safe to read from several threads at once. */
public interface ImageList {

  /** How many samples there are. */
  int size();

  /**
   * Decodes one sample.
   *
   * @param index from 0 to {@code size() - 1}
   * @throws org.omnirad.run.InputException where the file behind it cannot be decoded
   */
  Sample get(int index);

  /**
   * The labels of one sample, as in {@link Sample#labels()}. A list that knows them decodes no
   * image.
   */
  default int[] labels(int index) {
    return get(index).labels();
  }

  /**
   * How many samples are of each class; for a multi-label task, how many have each finding.
   *
   * @return K counts
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  default int[] classCounts() {
    int[] counts = new int[classNames().size()];
    try (var progress = Progress.of("count", "images", size())) {
      for (int i = 0; i < size(); i++) {
        int[] labels = labels(i);
        for (int k = 0; k < labels.length; k++) {
          if (task() == Task.MULTI_LABEL) {
            counts[k] += labels[k];
          } else {
            counts[labels[k]]++;
          }
        }
        progress.step(1);
      }
    }
    return counts;
  }

  /** What the labels mean. */
  Task task();

  /** The class names of the labels; empty where the samples have no labels. */
  List<String> classNames();

  /** The data's identity, for the records of results. */
  RunRecord record();

  /** The first {@code n} samples, or all where there are fewer. */
  default ImageList first(int n) {
    int[] indices = IntStream.range(0, Math.min(n, size())).toArray();
    return new Selection(this, indices, record().with("data.first", indices.length));
  }

  /**
   * {@code n} samples drawn without replacement, or all where there are fewer, in their order here.
   *
   * @param seed equal seeds draw equal samples
   */
  default ImageList sample(int n, long seed) {
    int[] order = IntStream.range(0, size()).toArray();
    int drawn = Math.min(n, order.length);
    var random = new RandomSource(seed).at(0, "data/sample");
    for (int i = 0; i < drawn; i++) {
      int other = random.nextInt(i, order.length);
      int swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
    int[] indices = Arrays.stream(order, 0, drawn).sorted().toArray();
    RunRecord record = record().with("data.sample", drawn + " drawn with seed " + seed);
    return new Selection(this, indices, record);
  }
}
