package org.omnirad.data;

import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/** The images of the three splits of a dataset, one split after the other. */
record JoinedSplits(ImageDataset dataset, List<ImageList> splits) implements ImageList {

  static JoinedSplits of(ImageDataset dataset) {
    return new JoinedSplits(dataset, Stream.of(Split.values()).map(dataset::split).toList());
  }

  @Override
  public int size() {
    return splits.stream().mapToInt(ImageList::size).sum();
  }

  @Override
  public Sample get(int index) {
    return at(index, ImageList::get);
  }

  @Override
  public int[] labels(int index) {
    return at(index, ImageList::labels);
  }

  private <T> T at(int index, BiFunction<ImageList, Integer, T> read) {
    int rest = Objects.checkIndex(index, size());
    int s = 0;
    while (rest >= splits.get(s).size()) {
      rest -= splits.get(s++).size();
    }
    return read.apply(splits.get(s), rest);
  }

  @Override
  public Task task() {
    return dataset.task();
  }

  @Override
  public List<String> classNames() {
    return dataset.classNames();
  }

  @Override
  public List<String> maskClassNames() {
    return dataset.maskClassNames();
  }

  @Override
  public RunRecord record() {
    return dataset.record().with("data.split", "all");
  }
}
