package org.omnirad.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * A dataset of image files in one folder per class, on disk or inside a zip file that is read
 * without unpacking.
 *
 * <pre>
 *   root/benign/a.png               split by the given rule
 *   root/train/benign/a.png         or by folders train, val (or validation), test
 * </pre>
 *
 * <p>Folders that only wrap the class folders are passed over. Classes are sorted by name. A file
 * {@code a_mask.png} or {@code a_mask_1.png} beside {@code a.png} is no image: the union of the
 * pixels that are not black becomes the mask of {@code a.png}. Files of other types are counted and
 * ignored. Safe for use by several threads at once.
 */
public final class ImageFolder implements ImageDataset {

  private static final Pattern IMAGE = Pattern.compile("(?i).*\\.(jpg|jpeg|png|bmp|tif|tiff)");
  private static final Pattern MASK = Pattern.compile("(?i)(.*)_mask(_\\d+)?\\.[a-z]+");
  private static final Map<String, Split> SPLIT_FOLDERS =
      Map.of(
          "train", Split.TRAIN,
          "val", Split.VAL,
          "validation", Split.VAL,
          "test", Split.TEST);

  private final Path root;
  private final Source source;
  private final List<String> classNames;
  private final Map<Split, List<Item>> items;
  private final int ignored;
  private final String identity;

  private record Item(String file, int label, List<String> masks) {}

  /** A folder or a zip file: names by relative path with slashes, and their bytes. */
  private interface Source extends AutoCloseable {
    /** Sizes by relative path. */
    Map<String, Long> files() throws IOException;

    InputStream open(String file) throws IOException;

    @Override
    void close() throws IOException;
  }

  private ImageFolder(Path root, Source source, Function<String, Split> splitOf)
      throws IOException {
    this.root = root;
    this.source = source;
    Map<String, Long> files = source.files();
    this.identity = identity(root, files);
    Map<String, List<String>> masks = new HashMap<>();
    List<String> images = new ArrayList<>();
    int others = 0;
    for (String file : files.keySet()) {
      Matcher mask = MASK.matcher(file);
      if (!IMAGE.matcher(file).matches()) {
        others++;
      } else if (mask.matches()) {
        masks.computeIfAbsent(mask.group(1), k -> new ArrayList<>()).add(file);
      } else {
        images.add(file);
      }
    }
    this.ignored = others;
    var classes = new TreeSet<String>();
    for (String image : images) {
      classes.add(className(image));
    }
    this.classNames = List.copyOf(classes);
    this.items = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      items.put(split, new ArrayList<>());
    }
    for (String image : images) {
      String stem = image.substring(0, image.lastIndexOf('.'));
      String[] parts = image.split("/", -1);
      Split split =
          parts.length < 3
              ? null
              : SPLIT_FOLDERS.get(parts[parts.length - 3].toLowerCase(Locale.ROOT));
      if (split == null) {
        split = splitOf.apply(parts[parts.length - 2] + "/" + parts[parts.length - 1]);
      }
      items
          .get(split)
          .add(
              new Item(
                  image,
                  classNames.indexOf(className(image)),
                  masks.getOrDefault(stem, List.of())));
    }
  }

  /** Opens a folder or zip file, split 80/10/10 by {@link #hashSplit}. */
  public static ImageFolder open(Path folderOrZip) {
    return open(folderOrZip, ImageFolder::hashSplit);
  }

  /**
   * Opens a folder or zip file.
   *
   * @param splitOf the split of {@code class/file.png}; not asked where the layout has split
   *     folders
   * @throws InputException where there is no such file, it cannot be read, or it holds no class
   *     folder with images
   */
  public static ImageFolder open(Path folderOrZip, Function<String, Split> splitOf) {
    try {
      Source source =
          Files.isDirectory(folderOrZip) ? new Folder(folderOrZip) : new Zip(folderOrZip);
      return new ImageFolder(folderOrZip, source, splitOf);
    } catch (IOException e) {
      throw InputException.of(
          folderOrZip,
          "cannot be read as a folder or zip file (" + e.getMessage() + ").",
          "Check the path.",
          e);
    }
  }

  /**
   * The default rule: eight in ten train, one val, one test, by the first four bytes of the md5 of
   * {@code class/file.png}, modulo 10.
   */
  public static Split hashSplit(String classAndFile) {
    byte[] digest = md5().digest(classAndFile.getBytes(StandardCharsets.UTF_8));
    int bucket = Integer.remainderUnsigned(java.nio.ByteBuffer.wrap(digest).getInt(), 10);
    return bucket < 8 ? Split.TRAIN : bucket == 8 ? Split.VAL : Split.TEST;
  }

  @Override
  public String name() {
    String file = root.toAbsolutePath().normalize().getFileName().toString();
    return file.replaceFirst("(?i)\\.zip$", "");
  }

  @Override
  public Task task() {
    return classNames.size() == 2 ? Task.BINARY : Task.MULTI_CLASS;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public ImageList split(Split split) {
    List<Item> list = items.get(split);
    return new ImageList() {
      @Override
      public int size() {
        return list.size();
      }

      @Override
      public Sample get(int index) {
        return read(list.get(index));
      }

      @Override
      public List<String> classNames() {
        return classNames;
      }

      @Override
      public RunRecord record() {
        return ImageFolder.this.record().with("data.split", split);
      }
    };
  }

  @Override
  public RunRecord record() {
    return new RunRecord(Map.of())
        .with("data.name", name())
        .with("data.md5", identity)
        .with("data.train", items.get(Split.TRAIN).size())
        .with("data.val", items.get(Split.VAL).size())
        .with("data.test", items.get(Split.TEST).size());
  }

  @Override
  public void close() {
    try {
      source.close();
    } catch (IOException e) {
      throw InputException.of(root, "cannot be closed.", "Check the disk.", e);
    }
  }

  @Override
  public String toString() {
    return "%s: %s, %d files ignored, %s"
        .formatted(name(), record().entries(), ignored, classNames);
  }

  private Sample read(Item item) {
    RgbImage image = decode(item.file);
    Optional<byte[]> mask = Optional.empty();
    if (!item.masks.isEmpty()) {
      byte[] union = new byte[image.width() * image.height()];
      for (String file : item.masks) {
        byte[] rgb = decode(file).rgb();
        for (int i = 0; i < union.length; i++) {
          union[i] |= (byte) (rgb[3 * i] != 0 ? 1 : 0);
        }
      }
      mask = Optional.of(union);
    }
    return new Sample(item.file, image, new int[] {item.label}, mask, Optional.empty());
  }

  private RgbImage decode(String file) {
    try (InputStream in = source.open(file)) {
      return ImageFile.decode(in, root + "/" + file);
    } catch (IOException e) {
      throw InputException.of(
          root.resolve(file), "cannot be read (" + e.getMessage() + ").", "Check the file.", e);
    }
  }

  private static String className(String image) {
    String[] parts = image.split("/", -1);
    if (parts.length < 2) {
      throw new InputException(
          image + ": an image outside a class folder.", "Expected root/class/file.png.");
    }
    return parts[parts.length - 2];
  }

  private static String identity(Path root, Map<String, Long> files) throws IOException {
    MessageDigest digest = md5();
    if (Files.isRegularFile(root)) {
      try (InputStream in = Files.newInputStream(root)) {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
      }
    } else {
      files.forEach(
          (file, size) ->
              digest.update((file + "\t" + size + "\n").getBytes(StandardCharsets.UTF_8)));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  private record Folder(Path root) implements Source {
    @Override
    public Map<String, Long> files() throws IOException {
      var files = new TreeMap<String, Long>();
      try (Stream<Path> walk = Files.walk(root)) {
        for (Path file : walk.filter(Files::isRegularFile).toList()) {
          files.put(root.relativize(file).toString().replace('\\', '/'), Files.size(file));
        }
      }
      return files;
    }

    @Override
    public InputStream open(String file) throws IOException {
      return Files.newInputStream(root.resolve(file));
    }

    @Override
    public void close() {}
  }

  private static final class Zip implements Source {

    private final ZipFile zip;

    Zip(Path file) throws IOException {
      this.zip = new ZipFile(file.toFile());
    }

    @Override
    public Map<String, Long> files() {
      var files = new TreeMap<String, Long>();
      zip.stream().filter(e -> !e.isDirectory()).forEach(e -> files.put(e.getName(), e.getSize()));
      return files;
    }

    @Override
    public InputStream open(String file) throws IOException {
      return zip.getInputStream(zip.getEntry(file));
    }

    @Override
    public void close() throws IOException {
      zip.close();
    }
  }
}
