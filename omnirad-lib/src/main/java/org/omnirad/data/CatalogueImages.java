package org.omnirad.data;

import java.util.List;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/** A dataset of image folders under its catalogue name, with the catalogue's terms. */
final class CatalogueImages implements ImageDataset {

  private final CatalogueEntry entry;
  private final ImageFolder images;

  CatalogueImages(CatalogueEntry entry, ImageFolder images) {
    this.entry = entry;
    this.images = images;
    List<String> expected = entry.classNames();
    if (!expected.isEmpty() && !images.classNames().equals(expected)) {
      images.close();
      throw new InputException(
          "%s in %s: found the classes %s, expected %s."
              .formatted(entry.name(), images.name(), images.classNames(), expected),
          "Check that the file is complete, or open it by its path as data of your own.");
    }
  }

  @Override
  public String name() {
    return entry.name();
  }

  @Override
  public Task task() {
    return entry.task();
  }

  @Override
  public List<String> classNames() {
    return images.classNames();
  }

  @Override
  public List<String> maskClassNames() {
    return images.maskClassNames();
  }

  @Override
  public ImageList split(Split split) {
    ImageList list = images.split(split);
    return new ImageList() {
      @Override
      public int size() {
        return list.size();
      }

      @Override
      public Sample get(int index) {
        return list.get(index);
      }

      @Override
      public int[] labels(int index) {
        return list.labels(index);
      }

      @Override
      public Task task() {
        return entry.task();
      }

      @Override
      public List<String> classNames() {
        return images.classNames();
      }

      @Override
      public List<String> maskClassNames() {
        return images.maskClassNames();
      }

      @Override
      public RunRecord record() {
        return list.record().with("data.name", entry.name());
      }
    };
  }

  @Override
  public RunRecord record() {
    return images.record().with("data.name", entry.name());
  }

  @Override
  public void close() {
    images.close();
  }

  @Override
  public String toString() {
    return entry + "\n" + images;
  }
}
