package org.omnirad.data;

import java.util.List;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/**
 * Images in three splits with their labels. Reading is random access and safe from several threads
 * at once. A dataset prints its data card.
 */
public interface ImageDataset extends AutoCloseable {

  /** The catalogue name, or the file or folder name. */
  String name();

  /** What the labels mean. */
  Task task();

  /** The K class names in the order of the labels. */
  List<String> classNames();

  /**
   * The C class names of the values of masks, from 0, the background, on; empty where samples have
   * no masks.
   */
  default List<String> maskClassNames() {
    return split(Split.TRAIN).maskClassNames();
  }

  /** The images of one split. */
  ImageList split(Split split);

  /**
   * The images of the three splits as one list, train before val before test; for data that is to
   * be split in another way, as by {@link Folds}.
   */
  default ImageList allSplits() {
    return JoinedSplits.of(this);
  }

  /** The data's identity: name, md5, split sizes. */
  RunRecord record();

  /** Frees open files. */
  @Override
  default void close() {}

  /**
   * A dataset of the same name with the first images of each split, or all where there are fewer.
   * Closing it closes this one.
   */
  default ImageDataset first(int train, int val, int test) {
    return new FirstImages(this, train, val, test);
  }
}
