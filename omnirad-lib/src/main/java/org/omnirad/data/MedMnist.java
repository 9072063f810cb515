package org.omnirad.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.NpyArray;
import org.omnirad.tensor.NpyType;
import org.omnirad.tensor.NpzFile;

/**
 * One npz file of MedMNIST: {@code train_images} of shape (N, S, S) or (N, S, S, 3) and {@code
 * train_labels} of shape (N, 1), or (N, K) where there are several labels, and the same of val and
 * test. Labels are checked when the file is opened; the images of a split, which may be larger than
 * memory, when the split is first asked for. They are read one by one from a mapped file.
 */
final class MedMnist implements ImageDataset {

  private final CatalogueEntry entry;
  private final int size;
  private final Path path;
  private final String md5;
  private final NpzFile file;
  private final Map<Split, int[][]> labels = new EnumMap<>(Split.class);
  private final Map<Split, ImageList> lists = new ConcurrentHashMap<>();

  private MedMnist(CatalogueEntry entry, int size, Path path, String md5, Path cache) {
    this.entry = entry;
    this.size = size;
    this.path = path;
    this.md5 = md5;
    this.file =
        NpzFile.open(path, cache)
            .expectNames(
                Stream.of(Split.values())
                    .flatMap(split -> Stream.of(key(split, "images"), key(split, "labels")))
                    .toArray(String[]::new));
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
    String expected = published.md5().orElse(md5);
    if (!md5.equals(expected)) {
      throw InputException.of(
          path,
          "its md5 is %s, that of %s as published is %s."
              .formatted(md5, published.name(), expected),
          "It is damaged or of another version: delete it and run `python3 environment/lab.py get %s %d`."
              .formatted(entry.name(), published.size().orElse(0)));
    }
    return new MedMnist(entry, published.size().orElseThrow(), path, md5, cache);
  }

  private static String key(Split split, String what) {
    return split.name().toLowerCase(Locale.ROOT) + "_" + what;
  }

  private int[][] readLabels(Split split) {
    boolean multiLabel = entry.task() == Task.MULTI_LABEL;
    int classes = entry.classNames().size();
    int images = entry.splitSizes().get(split);
    String key = key(split, "labels");
    int[][] rows = file.get(key).expectShape(images, multiLabel ? classes : 1).intRows();
    int most = multiLabel ? 1 : classes - 1;
    for (int i = 0; i < rows.length; i++) {
      for (int label : rows[i]) {
        if (label < 0 || label > most) {
          throw InputException.of(
              path,
              "array '%s' row %d holds the label %d, expected 0 to %d."
                  .formatted(key, i, label, most),
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
    boolean grey = entry.channels().orElseThrow() == 1;
    NpyArray images = file.get(key(split, "images")).expectType(NpyType.UINT8);
    if (grey) {
      images.expectShape(targets.length, size, size);
    } else {
      images.expectShape(targets.length, size, size, 3);
    }
    String prefix = split.name().toLowerCase(Locale.ROOT) + "/";
    RunRecord identity = record().with("data.split", split);
    return new ImageList() {
      @Override
      public int size() {
        return targets.length;
      }

      @Override
      public Sample get(int index) {
        byte[] values = images.row(index);
        RgbImage image =
            grey ? RgbImage.ofGrey(size, size, values) : new RgbImage(size, size, values);
        return new Sample(prefix + index, image, labels(index));
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
    var record =
        new RunRecord(Map.of())
            .with("data.name", entry.name())
            .with("data.size", size)
            .with("data.md5", md5);
    for (Split split : Split.values()) {
      record =
          record.with("data." + split.name().toLowerCase(Locale.ROOT), labels.get(split).length);
    }
    return record;
  }

  /** The data card, with the images of each class and split. */
  @Override
  public String toString() {
    var card = new DataCard("%s, %d x %d pixels".formatted(entry.name(), size, size));
    card.line("task", CatalogueEntry.lowerCase(entry.task()));
    card.line("colour", entry.channels().orElseThrow() == 1 ? "grey" : "colour");
    card.line("file", path.getFileName() + ", md5 " + md5);
    entry.addTerms(card);
    card.table(countTable());
    return card.toString();
  }

  private List<List<String>> countTable() {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("class", "train", "val", "test"));
    for (int k = 0; k < entry.classNames().size(); k++) {
      int label = k;
      rows.add(row(k + " " + entry.classNames().get(k), split -> count(split, label)));
    }
    if (entry.task() == Task.MULTI_LABEL) {
      rows.add(row("none of them", this::countEmpty));
    }
    rows.add(row("images", split -> labels.get(split).length));
    return rows;
  }

  private static List<String> row(String name, ToLongFunction<Split> count) {
    var row = new ArrayList<String>();
    row.add(name);
    for (Split split : Split.values()) {
      row.add(String.format(Locale.ROOT, "%,d", count.applyAsLong(split)));
    }
    return row;
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
