package org.omnirad.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.NpyArray;
import org.omnirad.tensor.NpyType;

/**
 * One npz file of MedSegBench: images as {@link NpzSplits} has them and their masks, {@code
 * train_label} of shape (N, S, S), and the same of val and test. There are no labels beside the
 * masks. The arrays of a split are checked when it is first asked for, the values of a mask when it
 * is read.
 */
final class MedSegBench implements ImageDataset {

  private final CatalogueEntry entry;
  private final CatalogueEntry.Masks masks;
  private final NpzSplits file;
  private final Map<Split, ImageList> lists = new ConcurrentHashMap<>();

  private MedSegBench(CatalogueEntry entry, CatalogueEntry.Masks masks, NpzSplits file) {
    this.entry = entry;
    this.masks = masks;
    this.file = file;
  }

  /**
   * Opens a file of one entry.
   *
   * @param published what the catalogue says of it
   * @param md5 the file's md5
   * @param cache where deflated arrays are unpacked once
   * @throws InputException where the md5 or the arrays are not what the catalogue says
   */
  static MedSegBench open(
      CatalogueEntry entry, CatalogueEntry.DataFile published, Path path, String md5, Path cache) {
    CatalogueEntry.Masks masks = entry.masks().orElseThrow();
    return new MedSegBench(
        entry, masks, NpzSplits.open(entry, published, path, md5, cache, masks.array()));
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
  public List<String> maskClassNames() {
    return masks.classNames();
  }

  @Override
  public ImageList split(Split split) {
    return lists.computeIfAbsent(split, this::list);
  }

  private ImageList list(Split split) {
    int size = file.size();
    NpyArray labels =
        file.array(split, masks.array())
            .expectType(NpyType.UINT8)
            .expectShape(file.count(split), size, size);
    return new Images(split, file.images(split), labels, file.record().with("data.split", split));
  }

  private final class Images implements ImageList {

    private final Split split;
    private final IntFunction<RgbImage> images;
    private final NpyArray labels;
    private final RunRecord identity;

    Images(Split split, IntFunction<RgbImage> images, NpyArray labels, RunRecord identity) {
      this.split = split;
      this.images = images;
      this.labels = labels;
      this.identity = identity;
    }

    @Override
    public int size() {
      return file.count(split);
    }

    @Override
    public Sample get(int index) {
      return new Sample(
          NpzSplits.id(split, index),
          images.apply(index),
          labels(index),
          Optional.of(mask(index)),
          Optional.empty());
    }

    private byte[] mask(int index) {
      byte[] mask = labels.row(index);
      int classes = masks.classNames().size();
      for (int i = 0; i < mask.length; i++) {
        int value = Byte.toUnsignedInt(mask[i]);
        if (masks.nonZeroIsOne()) {
          mask[i] = (byte) Math.min(value, 1);
        } else if (value >= classes) {
          throw InputException.of(
              file.path(),
              "array '%s' image %d holds the value %d, expected 0 to %d."
                  .formatted(labels.name(), index, value, classes - 1),
              "Check that this is the right file.");
        }
      }
      return mask;
    }

    @Override
    public int[] labels(int index) {
      return new int[0];
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
    public List<String> maskClassNames() {
      return masks.classNames();
    }

    @Override
    public RunRecord record() {
      return identity;
    }
  }

  @Override
  public RunRecord record() {
    return file.record();
  }

  /** The data card, with the images of each split. */
  @Override
  public String toString() {
    DataCard card = file.card();
    card.table(List.of(DataCard.splits(""), DataCard.counts("images", file::count)));
    return card.toString();
  }
}
