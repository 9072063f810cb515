package org.omnirad.data;

import java.util.List;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/** Some samples of a list. */
record Selection(ImageList all, int[] indices, RunRecord record) implements ImageList {

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public Sample get(int index) {
    return all.get(indices[index]);
  }

  @Override
  public int[] labels(int index) {
    return all.labels(indices[index]);
  }

  @Override
  public Task task() {
    return all.task();
  }

  @Override
  public List<String> classNames() {
    return all.classNames();
  }
}
