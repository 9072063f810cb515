package org.omnirad.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * One npz file of MedMNIST: images as {@link NpzSplits} has them and {@code train_labels} of shape
 * (N, 1), or (N, K) where there are several labels, and the same of val and test. Labels are
 * checked when the file is opened, the images of a split when it is first asked for.
 */
final class MedMnist implements ImageDataset {

  private final CatalogueEntry entry;
  private final NpzSplits file;
  private final Map<Split, int[][]> labels = new EnumMap<>(Split.class);
  private final Map<Split, ImageList> lists = new ConcurrentHashMap<>();

  private MedMnist(CatalogueEntry entry, NpzSplits file) {
    this.entry = entry;
    this.file = file;
    for (Split split : Split.values()) {
      labels.put(split, readLabels(split));
    }
  }

  /**
   * Opens a file of one entry.
   *
   * @param published what the catalogue says of it
   * @param md5 the file's md5
   * @param cache where deflated arrays are unpacked once
   * @throws InputException where the md5, the arrays, their types, shapes or labels are not what
   *     the catalogue says
   */
  static MedMnist open(
      CatalogueEntry entry, CatalogueEntry.DataFile published, Path path, String md5, Path cache) {
    return new MedMnist(entry, NpzSplits.open(entry, published, path, md5, cache, "labels"));
  }

  private int[][] readLabels(Split split) {
    boolean multiLabel = entry.task() == Task.MULTI_LABEL;
    int classes = entry.classNames().size();
    int[][] rows =
        file.array(split, "labels")
            .expectShape(file.count(split), multiLabel ? classes : 1)
            .intRows();
    int most = multiLabel ? 1 : classes - 1;
    for (int i = 0; i < rows.length; i++) {
      for (int label : rows[i]) {
        if (label < 0 || label > most) {
          throw InputException.of(
              file.path(),
              "array '%s' row %d holds the label %d, expected 0 to %d."
                  .formatted(NpzSplits.key(split, "labels"), i, label, most),
              "Check that this is the right file.");
        }
      }
    }
    return rows;
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
    return entry.classNames();
  }

  @Override
  public ImageList split(Split split) {
    return lists.computeIfAbsent(split, this::list);
  }

  private ImageList list(Split split) {
    int[][] targets = labels.get(split);
    IntFunction<RgbImage> images = file.images(split);
    RunRecord identity = record().with("data.split", split);
    return new ImageList() {
      @Override
      public int size() {
        return targets.length;
      }

      @Override
      public Sample get(int index) {
        return new Sample(NpzSplits.id(split, index), images.apply(index), labels(index));
      }

      @Override
      public int[] labels(int index) {
        return targets[index].clone();
      }

      @Override
      public Task task() {
        return entry.task();
      }

      @Override
      public List<String> classNames() {
        return entry.classNames();
      }

      @Override
      public RunRecord record() {
        return identity;
      }
    };
  }

  @Override
  public RunRecord record() {
    return file.record();
  }

  /** The data card, with the images of each class and split. */
  @Override
  public String toString() {
    DataCard card = file.card();
    card.table(countTable());
    return card.toString();
  }

  private List<List<String>> countTable() {
    var rows = new ArrayList<List<String>>();
    rows.add(DataCard.splits("class"));
    for (int k = 0; k < entry.classNames().size(); k++) {
      int label = k;
      rows.add(DataCard.counts(k + " " + entry.classNames().get(k), split -> count(split, label)));
    }
    if (entry.task() == Task.MULTI_LABEL) {
      rows.add(DataCard.counts("none of them", this::countEmpty));
    }
    rows.add(DataCard.counts("images", file::count));
    return rows;
  }

  private long count(Split split, int label) {
    boolean multiLabel = entry.task() == Task.MULTI_LABEL;
    return Arrays.stream(labels.get(split))
        .filter(row -> multiLabel ? row[label] == 1 : row[0] == label)
        .count();
  }

  private long countEmpty(Split split) {
    return Arrays.stream(labels.get(split))
        .filter(row -> Arrays.stream(row).allMatch(value -> value == 0))
        .count();
  }
}
