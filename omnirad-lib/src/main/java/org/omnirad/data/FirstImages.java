package org.omnirad.data;

import java.util.List;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/** A dataset with the first images of each split of another. */
record FirstImages(ImageDataset all, int train, int val, int test) implements ImageDataset {

  @Override
  public String name() {
    return all.name();
  }

  @Override
  public Task task() {
    return all.task();
  }

  @Override
  public List<String> classNames() {
    return all.classNames();
  }

  @Override
  public List<String> maskClassNames() {
    return all.maskClassNames();
  }

  @Override
  public ImageList split(Split split) {
    return all.split(split)
        .first(
            switch (split) {
              case TRAIN -> train;
              case VAL -> val;
              case TEST -> test;
            });
  }

  @Override
  public RunRecord record() {
    return all.record().with("data.first", train + ", " + val + ", " + test);
  }

  @Override
  public void close() {
    all.close();
  }
}
