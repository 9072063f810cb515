package org.omnirad.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.omnirad.run.InputException;

/**
 * The folders and files of RadImageNet, at any depth of a folder or zip file.
 *
 * <pre>
 *   CT/anatomy/label/file.png       class CT/anatomy/label
 *   MR/anatomy/label/file.png       class MR/anatomy/label
 *   US/label/file.png               class US/label
 *   RadiologyAI_train.csv           with _val and _test: column filename, the path of an image
 * </pre>
 *
 * <p>The three CSV files decide the splits, and images that they do not name are left out; without
 * them the caller's rule splits. Paths are compared from the modality's folder on, so that the
 * folders above it can have any name. Images at another depth than shown count as other files.
 */
final class RadImageNetLayout {

  /** The folders of the modalities, and how many folders there are from them to the image. */
  private static final Map<String, Integer> DEPTHS = Map.of("CT", 3, "MR", 3, "US", 2);

  private static final Map<String, Split> SPLIT_FILES =
      Map.of(
          "radiologyai_train.csv", Split.TRAIN,
          "radiologyai_val.csv", Split.VAL,
          "radiologyai_test.csv", Split.TEST);

  private static final int MOST_CSV_BYTES = 1 << 29;

  private RadImageNetLayout() {}

  /** Whether files lie so: the CSV files are there, or every image is where the layout says. */
  static boolean fits(Collection<String> files) {
    if (files.stream().anyMatch(file -> splitOf(file).isPresent())) {
      return true;
    }
    List<String> images = files.stream().filter(FolderLayout::isImage).toList();
    return !images.isEmpty() && images.stream().allMatch(file -> className(file).isPresent());
  }

  /** Whether a folder, or one inside it, holds a folder of a modality. */
  static boolean isRoot(Path folder) {
    if (holdsModality(folder)) {
      return true;
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.anyMatch(RadImageNetLayout::holdsModality);
    } catch (IOException e) {
      return false; // what cannot be read is not there
    }
  }

  private static boolean holdsModality(Path folder) {
    return DEPTHS.keySet().stream().anyMatch(name -> Files.isDirectory(folder.resolve(name)));
  }

  /**
   * Reads paths and CSV files.
   *
   * @param root the folder or zip file, for messages
   * @throws InputException where there is no image, or the CSV files do not fit the images
   * @throws IOException where a CSV file cannot be read
   */
  static FolderLayout of(FileSource source, String root) throws IOException {
    var images = new LinkedHashMap<String, String>(); // file by its path from the modality on
    Set<String> files = source.files().keySet();
    for (String file : files) {
      if (FolderLayout.isImage(file) && className(file).isPresent()) {
        String other = images.put(fromModality(file), file);
        if (other != null) {
          throw new InputException(
              "%s: %s and %s are the same image.".formatted(root, other, file),
              "Keep one of the two folders.");
        }
      }
    }
    if (images.isEmpty()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s: none of its %,d files is an image of RadImageNet.",
              root,
              files.size()),
          "Expected CT/anatomy/label/file.png, MR/anatomy/label/file.png and US/label/file.png.");
    }
    Map<Split, String> splitFiles = splitFiles(files, root);
    Map<String, Split> splits = splits(source, splitFiles, images.keySet(), root);
    if (!splitFiles.isEmpty()) {
      images.keySet().retainAll(splits.keySet());
    }
    var placed = new ArrayList<FolderLayout.Image>(images.size());
    images.forEach(
        (path, file) ->
            placed.add(
                new FolderLayout.Image(
                    file,
                    Optional.of(path.substring(0, path.lastIndexOf('/'))),
                    Optional.ofNullable(splits.get(path)),
                    List.of())));
    int ignored = files.size() - placed.size() - splitFiles.size();
    return new FolderLayout(placed, ignored, List.copyOf(splitFiles.values()));
  }

  private static Map<Split, String> splitFiles(Collection<String> files, String root) {
    var found = new TreeMap<Split, String>();
    for (String file : files) {
      splitOf(file)
          .ifPresent(
              split -> {
                String other = found.put(split, file);
                if (other != null) {
                  throw new InputException(
                      "%s: there are both %s and %s.".formatted(root, other, file),
                      "Keep the one whose split is meant.");
                }
              });
    }
    if (!found.isEmpty() && found.size() < Split.values().length) {
      throw new InputException(
          "%s: there is %s, but not all three of RadiologyAI_train.csv, _val.csv and _test.csv."
              .formatted(root, String.join(" and ", found.values())),
          "Add the others, or take it away to split by the hash of the file names.");
    }
    return found;
  }

  private static Map<String, Split> splits(
      FileSource source, Map<Split, String> splitFiles, Set<String> images, String root)
      throws IOException {
    var splits = new HashMap<String, Split>();
    var missing = new LinkedHashMap<String, String>(); // name in the CSV file, and that file
    int named = 0;
    for (var entry : splitFiles.entrySet()) {
      String file = entry.getValue();
      List<String> names = CsvColumn.read(text(source, file), "filename", root + ": " + file);
      named += names.size();
      for (String name : names) {
        String path = fromModality(name.replace('\\', '/'));
        if (!images.contains(path)) {
          missing.putIfAbsent(name, file);
          continue;
        }
        Split other = splits.putIfAbsent(path, entry.getKey());
        if (other != null && other != entry.getKey()) {
          throw new InputException(
              "%s: %s stands in %s and in %s.".formatted(root, name, splitFiles.get(other), file),
              "Get the CSV files again.");
        }
      }
    }
    if (!missing.isEmpty()) {
      var first = missing.entrySet().iterator().next();
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s: %,d of the %,d images that the CSV files name are missing; the first, in %s: %s.",
              root,
              missing.size(),
              named,
              first.getValue(),
              first.getKey()),
          "Unpack the archive again, or take the rows out of the CSV files.");
    }
    return splits;
  }

  private static String text(FileSource source, String file) throws IOException {
    byte[] bytes = source.read(file, MOST_CSV_BYTES);
    if (bytes.length > MOST_CSV_BYTES) {
      throw new IOException(file + " is larger than " + (MOST_CSV_BYTES >> 20) + " MiB");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Optional<Split> splitOf(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    return Optional.ofNullable(SPLIT_FILES.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The folders from the modality to the image, where there are as many as there should be. */
  private static Optional<String> className(String file) {
    String path = fromModality(file);
    String[] parts = path.split("/", -1);
    boolean placed = parts.length - 1 == DEPTHS.getOrDefault(parts[0], -1);
    return placed ? Optional.of(path.substring(0, path.lastIndexOf('/'))) : Optional.empty();
  }

  /** The path from the first folder of a modality on; the whole path where there is none. */
  private static String fromModality(String file) {
    int start = 0;
    for (int end = file.indexOf('/'); end >= 0; end = file.indexOf('/', start)) {
      if (DEPTHS.containsKey(file.substring(start, end))) {
        return file.substring(start);
      }
      start = end + 1;
    }
    return file;
  }
}
