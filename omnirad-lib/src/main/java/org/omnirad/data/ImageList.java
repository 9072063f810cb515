package org.omnirad.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
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

  /**
   * The C class names of the values of masks, from 0, the background, on; empty where samples have
   * no masks. They are the dataset's: a part of it need not hold every class.
   */
  default List<String> maskClassNames() {
    return List.of();
  }

  /** The data's identity, for the records of results. */
  RunRecord record();

  /**
   * The samples at some indices, in the order given. What was selected is in the record, as the md5
   * of the indices and of this list's record.
   *
   * @param indices each from 0 to {@code size() - 1}
   * @throws IndexOutOfBoundsException where one is not
   */
  default ImageList only(int... indices) {
    return Selection.of(this, indices.clone());
  }

  /**
   * The samples of some classes, in their order here; for a multi-label task, those with any of
   * these findings. Their labels stay what they are, and so do the class names.
   *
   * @param names of {@link #classNames}
   * @throws InputException where one is no class of this list
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  default ImageList ofClasses(String... names) {
    var wanted = new HashSet<Integer>();
    for (String name : names) {
      int k = classNames().indexOf(name);
      if (k < 0) {
        throw new InputException(
            "There is no class '%s'.".formatted(name),
            classNames().isEmpty()
                ? "These samples have no labels."
                : "Choose among " + String.join(", ", classNames()) + ".");
      }
      wanted.add(k);
    }
    var kept = IntStream.builder();
    try (var progress = Progress.of("select", "images", size())) {
      for (int i = 0; i < size(); i++) {
        int[] labels = labels(i);
        boolean found =
            task() == Task.MULTI_LABEL
                ? wanted.stream().anyMatch(k -> labels[k] == 1)
                : Arrays.stream(labels).anyMatch(wanted::contains);
        if (found) {
          kept.add(i);
        }
        progress.step(1);
      }
    }
    return Selection.of(this, kept.build().toArray())
        .with(new RunRecord(Map.of("data.of_classes", String.join(", ", names))));
  }

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
