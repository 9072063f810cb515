package org.omnirad.data;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/** A list of samples without labels, each made by a function of its index. */
record ListedImages(int size, IntFunction<Sample> made) implements ImageList {

  /** A sample of one black pixel. */
  static Sample sample(String id) {
    return new Sample(id, new RgbImage(1, 1, new byte[3]));
  }

  @Override
  public Sample get(int index) {
    return made.apply(index);
  }

  @Override
  public Task task() {
    return Task.MULTI_CLASS;
  }

  @Override
  public List<String> classNames() {
    return List.of();
  }

  @Override
  public RunRecord record() {
    return new RunRecord(Map.of());
  }
}
