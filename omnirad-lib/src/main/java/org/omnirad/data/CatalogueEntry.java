package org.omnirad.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.omnirad.metric.Task;

/**
 * What is known of one dataset. A fact without a source is absent, and printed as "not published".
 *
 * @param name the catalogue name, such as "breastmnist"
 * @param format how its files are read
 * @param task what the labels mean
 * @param classNames the K class names in the order of the labels; empty where the folders name
 *     them, or where images have masks and no labels
 * @param masks what the masks mean; empty where there are none, or where the folders say it
 * @param channels 1 for grey, 3 for colour
 * @param splitSizes images per split; empty where not published
 * @param splitRule how images are split where the files do not say it
 * @param licence the licence of the data
 * @param citation the article to cite
 * @param reference the original data, where the files are made from others: DOIs and addresses
 * @param home the web page of the data
 * @param notes what a user of the data must know
 * @param sources where the facts come from: source by fact
 * @param files the files: one per image size, or, where no file has a size, any of them serves
 */
public record CatalogueEntry(
    String name,
    Format format,
    Task task,
    List<String> classNames,
    Optional<Masks> masks,
    OptionalInt channels,
    Map<Split, Integer> splitSizes,
    Optional<String> splitRule,
    Optional<String> licence,
    Optional<String> citation,
    Optional<String> reference,
    Optional<URI> home,
    List<String> notes,
    Map<String, String> sources,
    List<DataFile> files) {

  /** How the files of a dataset are read. */
  public enum Format {
    /** MedMNIST's npz file: images and labels of the three splits. */
    NPZ,
    /** MedSegBench's npz file: images and masks of the three splits. */
    MEDSEGBENCH,
    /** A folder or zip file with one folder of images per class. */
    IMAGES,
    /** RadImageNet's folders by modality, anatomy and label, with CSV files for the splits. */
    RADIMAGENET
  }

  /**
   * The masks of a dataset.
   *
   * @param classNames the C class names of their values, from 0, the background, on
   * @param array what follows the split in the names of the npz arrays that hold them, such as
   *     "label"
   * @param nonZeroIsOne whether every value but 0 is read as 1, as where values number the objects
   */
  public record Masks(List<String> classNames, String array, boolean nonZeroIsOne) {}

  /**
   * One file of a dataset.
   *
   * @param size the side length of its images in pixels; absent where they have their own sizes
   * @param name the file or folder name
   * @param url where it is published
   * @param md5 its published md5, 32 lower-case hexadecimal digits
   */
  public record DataFile(OptionalInt size, String name, Optional<URI> url, Optional<String> md5) {}

  /** The image sizes that are published, in pixels; empty where images have their own sizes. */
  public List<Integer> sizes() {
    return files.stream().flatMap(file -> file.size.stream().boxed()).sorted().toList();
  }

  /** What is known of the file of that name. */
  Optional<DataFile> file(Path path) {
    String name = String.valueOf(path.getFileName());
    return files.stream().filter(file -> file.name.equals(name)).findFirst();
  }

  /** The data card: every fact on its line. */
  @Override
  public String toString() {
    String images =
        splitSizes.isEmpty()
            ? "not published"
            : splitSizes.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %,d", lowerCase(e.getKey()), e.getValue()))
                .collect(Collectors.joining(", "));
    String colour =
        channels.isEmpty() ? "not published" : channels.getAsInt() == 1 ? "grey" : "colour";
    var card = new DataCard(name);
    List<String> classes = shownClassNames();
    if (classes.isEmpty()) {
      card.line("task", taskName());
      card.line("classes", "as its folders name them");
    } else {
      card.line("task", taskName() + ", " + classes.size() + " classes");
      card.line("classes", DataCard.numbered(classes));
    }
    card.line("images", images);
    card.line("colour", colour);
    card.line("sizes", sizes().isEmpty() ? "as stored" : sizes() + " pixels");
    splitRule.ifPresent(rule -> card.line("split", rule));
    addTerms(card);
    return card.toString();
  }

  /** What is to be found, as cards and tables say it. */
  String taskName() {
    return masks.isPresent() ? "segmentation" : lowerCase(task);
  }

  /** The classes of the labels, or of the masks; empty where the folders name them. */
  List<String> shownClassNames() {
    return masks.map(Masks::classNames).orElse(classNames);
  }

  /** Licence, citation, page, notes and sources. */
  void addTerms(DataCard card) {
    card.line("licence", licence.orElse("not published"));
    card.line("citation", citation.orElse("not published"));
    reference.ifPresent(original -> card.line("made from", original));
    card.line("page", home.map(URI::toString).orElse("not published"));
    notes.forEach(note -> card.line("note", note));
    sources.forEach((fact, source) -> card.line("source", fact + ": " + source));
  }

  static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
