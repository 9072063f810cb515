package org.omnirad.data;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.NpyArray;
import org.omnirad.tensor.NpyType;
import org.omnirad.tensor.NpzFile;

/**
 * An npz file of the catalogue with {@code train_images} of shape (N, S, S) or (N, S, S, 3), other
 * arrays of that split, and the same of val and test. Arrays, which may be larger than memory, are
 * read row by row from a mapped file.
 */
final class NpzSplits {

  private final CatalogueEntry entry;
  private final int size;
  private final Path path;
  private final String md5;
  private final NpzFile file;

  private NpzSplits(CatalogueEntry entry, int size, Path path, String md5, NpzFile file) {
    this.entry = entry;
    this.size = size;
    this.path = path;
    this.md5 = md5;
    this.file = file;
  }

  /**
   * Opens a file of one entry.
   *
   * @param published what the catalogue says of it
   * @param md5 the file's md5
   * @param cache where deflated arrays are unpacked once
   * @param targets the arrays that each split has beside its images
   * @throws InputException where the md5 is not what the catalogue says, or an array is missing
   */
  static NpzSplits open(
      CatalogueEntry entry,
      CatalogueEntry.DataFile published,
      Path path,
      String md5,
      Path cache,
      String targets) {
    String expected = published.md5().orElse(md5);
    if (!md5.equals(expected)) {
      throw InputException.of(
          path,
          "its md5 is %s, that of %s as published is %s."
              .formatted(md5, published.name(), expected),
          "It is damaged or of another version: delete it and run `python3 environment/lab.py get %s %d`."
              .formatted(entry.name(), published.size().orElse(0)));
    }
    NpzFile file =
        NpzFile.open(path, cache)
            .expectNames(
                Stream.of(Split.values())
                    .flatMap(split -> Stream.of(key(split, "images"), key(split, targets)))
                    .toArray(String[]::new));
    return new NpzSplits(entry, published.size().orElseThrow(), path, md5, file);
  }

  /** The name of an array, such as "train_images". */
  static String key(Split split, String what) {
    return lowerCase(split) + "_" + what;
  }

  private static String lowerCase(Split split) {
    return split.name().toLowerCase(Locale.ROOT);
  }

  Path path() {
    return path;
  }

  /** Pixels of one side of an image. */
  int size() {
    return size;
  }

  /** The images of a split, as the catalogue says. */
  int count(Split split) {
    return entry.splitSizes().get(split);
  }

  /** An array of a split, such as its "labels". */
  NpyArray array(Split split, String what) {
    return file.get(key(split, what));
  }

  /**
   * The images of a split by their index.
   *
   * @throws InputException where type or shape is not what the catalogue says
   */
  IntFunction<RgbImage> images(Split split) {
    NpyArray images = array(split, "images").expectType(NpyType.UINT8);
    if (isGrey()) {
      images.expectShape(count(split), size, size);
      return i -> RgbImage.ofGrey(size, size, images.row(i));
    }
    images.expectShape(count(split), size, size, 3);
    return i -> new RgbImage(size, size, images.row(i));
  }

  /** A sample's id, such as "train/17". */
  static String id(Split split, int index) {
    return lowerCase(split) + "/" + index;
  }

  private boolean isGrey() {
    return entry.channels().orElseThrow() == 1;
  }

  /** Name, size, md5 and the images of each split. */
  RunRecord record() {
    var record =
        new RunRecord(Map.of())
            .with("data.name", entry.name())
            .with("data.size", size)
            .with("data.md5", md5);
    for (Split split : Split.values()) {
      record = record.with("data." + lowerCase(split), count(split));
    }
    return record;
  }

  /** The data card, without its table. */
  DataCard card() {
    var card = new DataCard("%s, %d x %d pixels".formatted(entry.name(), size, size));
    card.line("task", entry.taskName());
    entry.masks().ifPresent(m -> card.line("classes", DataCard.numbered(m.classNames())));
    card.line("colour", isGrey() ? "grey" : "colour");
    card.line("file", path.getFileName() + ", md5 " + md5);
    entry.addTerms(card);
    return card;
  }
}
