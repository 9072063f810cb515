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
 * @param classNames the K class names in the order of the labels; empty where the folders name them
 * @param channels 1 for grey, 3 for colour
 * @param splitSizes images per split; empty where not published
 * @param splitRule how images are split where the files do not say it
 * @param licence the licence of the data
 * @param citation the article to cite
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
    OptionalInt channels,
    Map<Split, Integer> splitSizes,
    Optional<String> splitRule,
    Optional<String> licence,
    Optional<String> citation,
    Optional<URI> home,
    List<String> notes,
    Map<String, String> sources,
    List<DataFile> files) {

  /** How the files of a dataset are read. */
  public enum Format {
    /** MedMNIST's npz file: images and labels of the three splits. */
    NPZ,
    /** A folder or zip file with one folder of images per class. */
    IMAGES,
    /** RadImageNet's folders by modality, anatomy and label, with CSV files for the splits. */
    RADIMAGENET
  }

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
    if (classNames.isEmpty()) {
      card.line("task", lowerCase(task));
      card.line("classes", "as its folders name them");
    } else {
      card.line("task", lowerCase(task) + ", " + classNames.size() + " classes");
      card.line("classes", DataCard.numbered(classNames));
    }
    card.line("images", images);
    card.line("colour", colour);
    card.line("sizes", sizes().isEmpty() ? "as stored" : sizes() + " pixels");
    splitRule.ifPresent(rule -> card.line("split", rule));
    addTerms(card);
    return card.toString();
  }

  /** Licence, citation, page, notes and sources. */
  void addTerms(DataCard card) {
    card.line("licence", licence.orElse("not published"));
    card.line("citation", citation.orElse("not published"));
    card.line("page", home.map(URI::toString).orElse("not published"));
    notes.forEach(note -> card.line("note", note));
    sources.forEach((fact, source) -> card.line("source", fact + ": " + source));
  }

  static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
