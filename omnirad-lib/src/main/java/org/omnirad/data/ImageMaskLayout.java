package org.omnirad.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.omnirad.run.InputException;

/**
 * Images and their masks in folders {@code images} and {@code masks} side by side. Taking these two
 * out of the paths, an image and its mask have the same path but for the ending of the file name;
 * the mask's may also end in {@code _mask} or {@code _mask_1}.
 *
 * <pre>
 *   images/a.png                  masks/a.png
 *   train/images/a.png            train/masks/a.png           split folders, at either side
 *   images/train/a.png            masks/train/a.png
 *   train/class/images/a.png      train/class/masks/a.png     classes, above or below the split
 *   class/train/images/a.png      class/train/masks/a.png
 * </pre>
 *
 * <p>Folders that are the same for all images are passed over, and deeper ones than shown belong to
 * the class.
 */
final class ImageMaskLayout {

  private static final List<String> NAMES = List.of("images", "masks");

  private ImageMaskLayout() {}

  /**
   * A file somewhere below a folder images or masks.
   *
   * @param above the folders above that one
   * @param folders all its folders but that one
   */
  private record Part(String file, boolean isMask, List<String> above, List<String> folders) {

    static Stream<Part> of(String file) {
      List<String> parts = Arrays.asList(file.split("/", -1));
      for (int i = parts.size() - 2; i >= 0; i--) {
        int name = NAMES.indexOf(parts.get(i).toLowerCase(Locale.ROOT));
        if (name >= 0) {
          var folders = new ArrayList<>(parts.subList(0, parts.size() - 1));
          folders.remove(i);
          return Stream.of(new Part(file, name == 1, parts.subList(0, i), folders));
        }
      }
      return Stream.empty();
    }

    String key() {
      String name = file.substring(file.lastIndexOf('/') + 1);
      return String.join("/", folders) + "/" + FolderLayout.stem(name);
    }

    /** The folder at a depth; empty where the file does not lie as deep. */
    Optional<String> folder(int depth) {
      return depth < folders.size() ? Optional.of(folders.get(depth)) : Optional.empty();
    }

    Optional<Split> split(int depth) {
      return folder(depth).flatMap(FolderLayout::splitNamed);
    }
  }

  /**
   * Whether there are images in a folder images, and files in a folder masks beside it: where those
   * are of another type than images, they are missed when the paths are read.
   */
  static boolean fits(Collection<String> files) {
    var images = new HashSet<List<String>>();
    var masks = new HashSet<List<String>>();
    files.stream()
        .flatMap(Part::of)
        .filter(part -> part.isMask() || FolderLayout.isImage(part.file()))
        .forEach(part -> (part.isMask() ? masks : images).add(part.above()));
    return !Collections.disjoint(images, masks);
  }

  /**
   * Reads the paths.
   *
   * @param source the folder or zip file, for messages
   * @throws InputException where an image has no mask or a mask no image, or the folders of splits
   *     and classes do not hold all images
   */
  static FolderLayout of(Collection<String> files, String source) {
    var images = new TreeMap<String, Part>();
    var masks = new TreeMap<String, List<String>>();
    List<Part> parts =
        files.stream().filter(FolderLayout::isImage).sorted().flatMap(Part::of).toList();
    for (Part part : parts) {
      if (!part.isMask()) {
        Part other = images.put(part.key(), part);
        if (other != null) {
          throw new InputException(
              "%s: %s and %s have the same mask.".formatted(source, other.file(), part.file()),
              "Give every image a name of its own.");
        }
      }
    }
    for (Part part : parts) {
      if (part.isMask()) {
        String key = imageOf(part.key(), images.keySet());
        masks.computeIfAbsent(key, k -> new ArrayList<>()).add(part.file());
      }
    }
    checkPairs(images, masks, source);
    List<FolderLayout.Image> placed = place(images, masks, source);
    int used = placed.size() + masks.values().stream().mapToInt(List::size).sum();
    return new FolderLayout(placed, files.size() - used, List.of());
  }

  private static String imageOf(String mask, Set<String> images) {
    return images.contains(mask) ? mask : FolderLayout.stemOfImage(mask).orElse(mask);
  }

  private static void checkPairs(
      Map<String, Part> images, Map<String, List<String>> masks, String source) {
    List<String> bare =
        images.entrySet().stream()
            .filter(image -> !masks.containsKey(image.getKey()))
            .map(image -> image.getValue().file())
            .toList();
    if (!bare.isEmpty()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s: %,d of %,d images have no mask; the first: %s.",
              source,
              bare.size(),
              images.size(),
              bare.get(0)),
          "Put a PNG file of the same name into masks (all black where there is nothing), or take"
              + " the image out.");
    }
    List<String> stray =
        masks.entrySet().stream()
            .filter(mask -> !images.containsKey(mask.getKey()))
            .flatMap(mask -> mask.getValue().stream())
            .toList();
    if (!stray.isEmpty()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s: %,d masks have no image; the first: %s.",
              source,
              stray.size(),
              stray.get(0)),
          "Give it the name of its image, which _mask or _mask_1 may follow, or take it out.");
    }
  }

  private static List<FolderLayout.Image> place(
      Map<String, Part> images, Map<String, List<String>> masks, String source) {
    Collection<Part> parts = images.values();
    int first = wrappers(parts);
    int splitDepth = hasSplit(parts, first) ? first : hasSplit(parts, first + 1) ? first + 1 : -1;
    if (splitDepth >= 0) {
      checkSplits(parts, splitDepth, source);
    }
    int classDepth = splitDepth == first ? first + 1 : first;
    checkClasses(parts, classDepth, source);
    var placed = new ArrayList<FolderLayout.Image>();
    images.forEach(
        (key, part) ->
            placed.add(
                new FolderLayout.Image(
                    part.file(),
                    part.folder(classDepth),
                    splitDepth < 0 ? Optional.empty() : part.split(splitDepth),
                    masks.get(key))));
    return List.copyOf(placed);
  }

  /** How many folders are the same for all images and no split. */
  private static int wrappers(Collection<Part> images) {
    int depth = 0;
    while (true) {
      int level = depth;
      List<Optional<String>> names =
          images.stream().map(part -> part.folder(level)).distinct().toList();
      if (names.size() > 1 || names.get(0).isEmpty() || hasSplit(images, level)) {
        return depth;
      }
      depth++;
    }
  }

  private static boolean hasSplit(Collection<Part> images, int depth) {
    return images.stream().anyMatch(part -> part.split(depth).isPresent());
  }

  private static void checkSplits(Collection<Part> images, int depth, String source) {
    for (Part part : images) {
      if (part.split(depth).isEmpty()) {
        throw new InputException(
            "%s: other images lie in split folders, but not %s.".formatted(source, part.file()),
            "Put every image into train, val (or validation) or test.");
      }
    }
  }

  private static void checkClasses(Collection<Part> images, int depth, String source) {
    Optional<Part> in = images.stream().filter(p -> p.folder(depth).isPresent()).findFirst();
    Optional<Part> out = images.stream().filter(p -> p.folder(depth).isEmpty()).findFirst();
    if (in.isPresent() && out.isPresent()) {
      throw new InputException(
          "%s: %s lies in the folder of a class, %s in none."
              .formatted(source, in.get().file(), out.get().file()),
          "Put every image into a folder for its class, or none.");
    }
  }
}
