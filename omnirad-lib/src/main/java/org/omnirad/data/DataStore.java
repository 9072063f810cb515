package org.omnirad.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import org.omnirad.data.CatalogueEntry.DataFile;
import org.omnirad.run.Folders;
import org.omnirad.run.InputException;

/**
 * Finds the files of the catalogue: in the user's folder at any depth, then among earlier
 * downloads, then by download. A file counts as found where its name and its published md5 agree; a
 * folder, where it holds a folder of each class, or of a modality.
 */
final class DataStore {

  private final Folders folders;
  private final Download download;
  private final Md5Memory md5s;

  DataStore(Folders folders, Download download) {
    this.folders = folders;
    this.download = download;
    this.md5s = new Md5Memory(folders.cache().resolve("md5"));
  }

  static DataStore fromEnvironment() {
    return new DataStore(Folders.fromEnvironment(), Download.defaults());
  }

  Folders folders() {
    return folders;
  }

  /**
   * The file of one entry.
   *
   * @param size the side length of its images in pixels; of no effect where the entry has no sizes
   * @throws InputException where it is not there and cannot be downloaded
   * @throws CancellationException where the thread is interrupted
   */
  Path get(CatalogueEntry entry, int size) {
    var passedOver = new ArrayList<String>();
    List<DataFile> candidates = candidates(entry, size);
    return find(entry, candidates, passedOver)
        .orElseGet(() -> fetch(entry, candidates, passedOver));
  }

  /** Whether {@link #get} would download nothing. */
  boolean isPresent(CatalogueEntry entry, int size) {
    return find(entry, candidates(entry, size), new ArrayList<>()).isPresent();
  }

  private Optional<Path> find(
      CatalogueEntry entry, List<DataFile> candidates, List<String> passedOver) {
    for (DataFile file : candidates) {
      Optional<Path> found = folders.data().flatMap(root -> search(root, entry, file, passedOver));
      if (found.isPresent()) {
        return found;
      }
    }
    return candidates.stream()
        .filter(file -> fits(downloads().resolve(file.name()), entry, file, passedOver))
        .map(file -> downloads().resolve(file.name()))
        .findFirst();
  }

  /** The md5 of a file, remembered from the last time where it has not changed. */
  String md5(Path file) {
    try {
      return md5s.of(file);
    } catch (IOException e) {
      throw InputException.of(
          file, "cannot be read (" + e.getMessage() + ").", "Check the file.", e);
    }
  }

  /** Which of these names lie in the user's folder or among the downloads, md5 unseen. */
  Set<String> present(Set<String> names) {
    var found = new HashSet<String>();
    for (String name : names) {
      if (Files.exists(downloads().resolve(name))) {
        found.add(name);
      }
    }
    folders
        .data()
        .ifPresent(
            root ->
                search(
                    root,
                    path -> {
                      String name = String.valueOf(path.getFileName());
                      if (names.contains(name)) {
                        found.add(name);
                      }
                      return false;
                    }));
    return found;
  }

  private static List<DataFile> candidates(CatalogueEntry entry, int size) {
    if (entry.sizes().isEmpty()) {
      return entry.files();
    }
    List<DataFile> files =
        entry.files().stream().filter(file -> file.size().orElse(size) == size).toList();
    if (files.isEmpty()) {
      throw new InputException(
          "%s is not published with images of %d pixels.".formatted(entry.name(), size),
          "Choose one of " + entry.sizes() + ".");
    }
    return files;
  }

  private Path fetch(CatalogueEntry entry, List<DataFile> candidates, List<String> passedOver) {
    String unfit =
        passedOver.isEmpty() ? "" : " Passed over: " + String.join("; ", passedOver) + ".";
    for (DataFile file : candidates) {
      if (file.url().isPresent()) {
        Path target = downloads().resolve(file.name());
        download.fetch(
            new Download.Source(
                file.name(),
                file.url().get(),
                Map.of(),
                OptionalLong.empty(),
                file.md5().map(Checksum::md5),
                remedy(entry, file) + unfit),
            target,
            folders.cache().resolve("locks").resolve(file.name() + ".lock"));
        return target;
      }
    }
    throw new InputException(
        "%s is not on this machine, and no address of its files is published.%s"
            .formatted(entry.name(), unfit),
        "Get it from %s and put %s into the folder that OMNIRAD_DATA names (%s), at any depth."
            .formatted(
                entry.home().map(Object::toString).orElse("its authors"),
                String.join(" or ", candidates.stream().map(DataFile::name).toList()),
                folders.data().map(Path::toString).orElse("not set now")));
  }

  private static String remedy(CatalogueEntry entry, DataFile file) {
    String size = file.size().isPresent() ? " " + file.size().getAsInt() : "";
    return ("Run `python3 environment/lab.py get %s%s` to try again, or get %s elsewhere and put it"
            + " into the folder that OMNIRAD_DATA names.")
        .formatted(entry.name(), size, file.name());
  }

  private Path downloads() {
    return folders.cache().resolve("datasets");
  }

  private Optional<Path> search(
      Path root, CatalogueEntry entry, DataFile file, List<String> passedOver) {
    return search(root, path -> isNamed(path, file) && fits(path, entry, file, passedOver));
  }

  private static boolean isNamed(Path path, DataFile file) {
    return path.getFileName() != null && path.getFileName().toString().equals(file.name());
  }

  private boolean fits(Path path, CatalogueEntry entry, DataFile file, List<String> passedOver) {
    if (Files.isDirectory(path)) {
      return switch (entry.format()) {
        case NPZ, MEDSEGBENCH -> false;
        case IMAGES ->
            entry.classNames().stream().allMatch(name -> Files.isDirectory(path.resolve(name)));
        case RADIMAGENET -> RadImageNetLayout.isRoot(path);
      };
    }
    if (!Files.isReadable(path) || file.md5().isEmpty()) {
      return Files.isReadable(path);
    }
    String found = md5(path);
    if (!found.equals(file.md5().get())) {
      passedOver.add(path + " with md5 " + found);
      return false;
    }
    return true;
  }

  /** The first file or folder that is accepted; what cannot be read is passed over. */
  private static Optional<Path> search(Path root, Predicate<Path> accepted) {
    var visitor =
        new SimpleFileVisitor<Path>() {
          private Path found;

          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return visitFile(folder, attributes);
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (Thread.interrupted()) {
              throw new CancellationException("interrupted while searching " + root);
            }
            if (accepted.test(path)) {
              found = path;
              return FileVisitResult.TERMINATE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(
          root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor);
    } catch (IOException e) {
      throw InputException.of(
          root, "cannot be searched (" + e.getMessage() + ").", "Check OMNIRAD_DATA.", e);
    }
    return Optional.ofNullable(visitor.found);
  }
}
