package org.omnirad.data;

import java.util.List;
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

  /** The class names of the labels; empty where the samples have no labels. */
  List<String> classNames();

  /** The data's identity, for the records of results. */
  RunRecord record();

  /** The first {@code n} samples, or all where there are fewer. */
  default ImageList first(int n) {
    ImageList all = this;
    return new ImageList() {
      @Override
      public int size() {
        return Math.min(n, all.size());
      }

      @Override
      public Sample get(int index) {
        return all.get(java.util.Objects.checkIndex(index, size()));
      }

      @Override
      public List<String> classNames() {
        return all.classNames();
      }

      @Override
      public RunRecord record() {
        return all.record().with("data.first", size());
      }
    };
  }
}
