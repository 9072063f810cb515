package org.omnirad.classify;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/** A dataset of which one split is read through something else. */
record AlteredDataset(ImageDataset all, Split split, UnaryOperator<ImageList> change)
    implements ImageDataset {

  /** Images as they are; tests override what they alter. */
  static class Images implements ImageList {

    private final ImageList all;

    Images(ImageList all) {
      this.all = all;
    }

    @Override
    public int size() {
      return all.size();
    }

    @Override
    public Sample get(int index) {
      return all.get(index);
    }

    @Override
    public int[] labels(int index) {
      return all.labels(index);
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
    public RunRecord record() {
      return all.record();
    }
  }

  /** All images of a split with one label; none of them may be looked at. */
  static AlteredDataset relabelled(ImageDataset all, Split split, int label) {
    return new AlteredDataset(
        all,
        split,
        images ->
            new Images(images) {
              @Override
              public Sample get(int index) {
                throw new AssertionError("an image is looked at");
              }

              @Override
              public int[] labels(int index) {
                return new int[] {label};
              }
            });
  }

  /** Images of a split that fail to be read: those whose index is a multiple of a number. */
  static AlteredDataset broken(
      ImageDataset all, Split split, int multiple, IntFunction<RuntimeException> failure) {
    return new AlteredDataset(
        all,
        split,
        images ->
            new Images(images) {
              @Override
              public Sample get(int index) {
                if (index % multiple == 0) {
                  throw failure.apply(index);
                }
                return super.get(index);
              }
            });
  }

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
  public ImageList split(Split which) {
    return which == split ? change.apply(all.split(which)) : all.split(which);
  }

  @Override
  public RunRecord record() {
    return all.record();
  }
}
