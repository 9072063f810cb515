package org.omnirad.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.omnirad.run.InputException;

/**
 * What the relative paths of a folder or zip file say: which files are images, of which class and
 * split, and which are their masks.
 *
 * @param images sorted by path
 * @param ignored files that are neither an image of a class nor its mask
 * @param splitFiles the files that name the images of each split; empty where there are none
 */
record FolderLayout(List<Image> images, int ignored, List<String> splitFiles) {

  /**
   * One image.
   *
   * @param file its path, with slashes
   * @param className where the layout has folders for classes
   * @param split where the layout has split folders
   * @param masks the paths of its masks
   */
  record Image(
      String file, Optional<String> className, Optional<Split> split, List<String> masks) {}

  private static final Pattern IMAGE = Pattern.compile("(?i).*\\.(jpg|jpeg|png|bmp|tif|tiff)");
  private static final Pattern MASK = Pattern.compile("(?i)(.*)_mask(_\\d+)?");

  private static final Map<String, Split> SPLITS =
      Map.of(
          "train", Split.TRAIN,
          "val", Split.VAL,
          "validation", Split.VAL,
          "test", Split.TEST);

  /** A path cut at its slashes. */
  private record Parts(String file, List<String> folders) {

    static Parts of(String file) {
      List<String> parts = Arrays.asList(file.split("/", -1));
      return new Parts(file, parts.subList(0, parts.size() - 1));
    }

    Optional<Split> split(int depth) {
      return splitNamed(folders.get(depth));
    }
  }

  /** The split that a folder's name means. */
  static Optional<Split> splitNamed(String folder) {
    return Optional.ofNullable(SPLITS.get(folder.toLowerCase(Locale.ROOT)));
  }

  /** A path without the ending of its file name. */
  static String stem(String file) {
    return file.substring(0, file.lastIndexOf('.'));
  }

  /** The stem of the image, where a stem is that of a mask: "a" of "a_mask_1". */
  static Optional<String> stemOfImage(String stem) {
    Matcher mask = MASK.matcher(stem);
    return mask.matches() ? Optional.of(mask.group(1)) : Optional.empty();
  }

  /** Whether a path ends as an image does and is no hidden file or one that macOS adds to a zip. */
  static boolean isImage(String file) {
    return IMAGE.matcher(file).matches()
        && Arrays.stream(file.split("/", -1))
            .noneMatch(part -> part.startsWith(".") || part.equals("__MACOSX") || part.isEmpty());
  }

  /**
   * Reads the paths.
   *
   * @param source the folder or zip file, for messages
   * @throws InputException where there is no folder per class
   */
  static FolderLayout of(Collection<String> files, String source) {
    var masks = new HashMap<String, List<String>>();
    var images = new ArrayList<Parts>();
    for (String file : new TreeSet<>(files)) {
      if (isImage(file)) {
        Optional<String> image = stemOfImage(stem(file));
        if (image.isPresent()) {
          masks.computeIfAbsent(image.get(), stem -> new ArrayList<>()).add(file);
        } else {
          images.add(Parts.of(file));
        }
      }
    }
    if (images.isEmpty()) {
      throw new InputException(
          String.format(
              Locale.ROOT, "%s: none of its %,d files is an image.", source, files.size()),
          "Expected JPEG, PNG, BMP or TIFF files in one folder per class.");
    }
    List<Image> placed = place(images, masks, source);
    int used = placed.stream().mapToInt(image -> 1 + image.masks().size()).sum();
    return new FolderLayout(placed, files.size() - used, List.of());
  }

  private static List<Image> place(
      List<Parts> images, Map<String, List<String>> masks, String source) {
    int depth = wrappers(images);
    List<Parts> inside = keep(images, parts -> parts.folders().size() > depth);
    boolean split = inside.stream().anyMatch(parts -> parts.split(depth).isPresent());
    if (split) {
      checkSplits(inside, depth, source);
    }
    int classDepth = split ? depth + 1 : depth;
    var placed = new ArrayList<Image>();
    for (Parts parts : keep(inside, p -> p.folders().size() > classDepth)) {
      placed.add(
          new Image(
              parts.file(),
              Optional.of(parts.folders().get(classDepth)),
              split ? parts.split(depth) : Optional.empty(),
              masks.getOrDefault(stem(parts.file()), List.of())));
    }
    if (placed.isEmpty()) {
      throw new InputException(
          String.format(
              Locale.ROOT, "%s: its %,d images lie in no folder per class.", source, images.size()),
          "Expected class/image.png, or train/class/image.png with val and test beside.");
    }
    return List.copyOf(placed);
  }

  // How many folders merely wrap the others: alone at their level, with folders of images inside.
  private static int wrappers(List<Parts> images) {
    int depth = 0;
    while (true) {
      int level = depth;
      List<Parts> deeper = keep(images, parts -> parts.folders().size() > level + 1);
      boolean alone =
          keep(images, parts -> parts.folders().size() > level).stream()
                  .map(parts -> parts.folders().get(level))
                  .distinct()
                  .count()
              == 1;
      if (deeper.isEmpty() || !alone || deeper.get(0).split(level).isPresent()) {
        return depth;
      }
      depth++;
    }
  }

  private static void checkSplits(List<Parts> images, int depth, String source) {
    String others =
        images.stream()
            .filter(parts -> parts.split(depth).isEmpty())
            .map(parts -> parts.folders().get(depth))
            .distinct()
            .limit(5)
            .collect(Collectors.joining(", "));
    if (!others.isEmpty()) {
      throw new InputException(
          "%s: beside split folders there are others with images: %s.".formatted(source, others),
          "Keep only train, val (or validation) and test.");
    }
  }

  private static List<Parts> keep(List<Parts> images, Predicate<Parts> wanted) {
    return images.stream().filter(wanted).toList();
  }
}
