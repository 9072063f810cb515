package org.omnirad.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.omnirad.metric.Task;
import org.omnirad.run.Folders;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * A dataset of image files in one folder per class, on disk or inside a zip file, which is read in
 * place. Which files are read, and how, says {@link ImageFile}.
 *
 * <pre>
 *   root/benign/a.png               split by a rule on class and file name
 *   root/train/benign/a.png         or by folders train, val (or validation) and test
 * </pre>
 *
 * <p>Folders that only wrap the others are passed over, folders inside a class folder belong to the
 * class, and classes are sorted by name. A file {@code a_mask.png} or {@code a_mask_1.png} beside
 * {@code a.png} is no image: the pixels that are black in none of them make the mask of {@code
 * a.png} (of a mask with margins, which is larger and of another shape, the centre counts). Other
 * files are counted and ignored. Samples come in an order that mixes the classes, the same at each
 * opening. Safe for use by several threads at once.
 *
 * <p>RadImageNet is recognised: its CSV files for the splits, or, without them, images that all lie
 * as its do. A class is the path from the modality to the label.
 *
 * <pre>
 *   CT/anatomy/label/a.png, MR/anatomy/label/a.png, US/label/a.png       at any depth
 *   RadiologyAI_train.csv, RadiologyAI_val.csv, RadiologyAI_test.csv     column filename
 * </pre>
 */
public final class ImageFolder implements ImageDataset {

  private final Path root;
  private final FileSource source;
  private final List<String> classNames;
  private final Map<Split, List<Item>> items = new EnumMap<>(Split.class);
  private final int ignored;
  private final List<String> splitFiles;
  private final RunRecord record;

  // The order is the beginning of a hash, an unsigned number.
  private record Item(String id, int label, List<String> masks, long order) {}

  /** Reads the layout of the files below a root. */
  private interface LayoutReader {
    FolderLayout read(FileSource source, String root) throws IOException;
  }

  private ImageFolder(
      Path root, FileSource source, LayoutReader reader, Function<String, Split> splitOf)
      throws IOException {
    this.root = root;
    this.source = source;
    FolderLayout layout = reader.read(source, root.toString());
    this.ignored = layout.ignored();
    this.splitFiles = layout.splitFiles();
    this.classNames =
        layout.images().stream().map(FolderLayout.Image::className).distinct().sorted().toList();
    var labels = new HashMap<String, Integer>();
    classNames.forEach(name -> labels.put(name, labels.size()));
    for (Split split : Split.values()) {
      items.put(split, new ArrayList<>());
    }
    for (FolderLayout.Image image : layout.images()) {
      String name = image.file().substring(image.file().lastIndexOf('/') + 1);
      String classAndFile = image.className() + "/" + name;
      Split split = image.split().orElseGet(() -> splitOf.apply(classAndFile));
      items
          .get(split)
          .add(
              new Item(
                  image.file(),
                  labels.get(image.className()),
                  image.masks(),
                  ByteBuffer.wrap(md5(image.file())).getLong()));
    }
    items.values().forEach(list -> list.sort((a, b) -> Long.compareUnsigned(a.order(), b.order())));
    RunRecord identity =
        new RunRecord(Map.of())
            .with("data.name", name())
            .with(source.identityName(), source.identity())
            .with("data.train", items.get(Split.TRAIN).size())
            .with("data.val", items.get(Split.VAL).size())
            .with("data.test", items.get(Split.TEST).size());
    this.record =
        splitFiles.isEmpty()
            ? identity
            : identity.with("data.split_files", String.join(", ", splitFiles));
  }

  /**
   * Opens a folder or zip file of either layout; where nothing in it says the split, it is split
   * 80/10/10 by {@link #hashSplit}.
   *
   * @throws InputException where there is no such file, it cannot be read, or it holds no folder
   *     per class
   */
  public static ImageFolder open(Path folderOrZip) {
    return open(folderOrZip, rememberedMd5s());
  }

  static ImageFolder open(Path folderOrZip, Md5Memory md5s) {
    return open(
        folderOrZip,
        (source, root) ->
            RadImageNetLayout.fits(source.files().keySet())
                ? RadImageNetLayout.of(source, root)
                : classFolders(source, root),
        ImageFolder::hashSplit,
        md5s);
  }

  /** Opens RadImageNet, whatever else lies beside it; split as by {@link #open(Path)}. */
  static ImageFolder openRadImageNet(Path folderOrZip) {
    return open(folderOrZip, RadImageNetLayout::of, ImageFolder::hashSplit, rememberedMd5s());
  }

  /**
   * Opens a folder or zip file with one folder per class, also where it looks like RadImageNet.
   *
   * @param splitOf the split of {@code class/file.png}; not asked where there are split folders
   * @throws InputException where there is no such file, it cannot be read, or it holds no folder
   *     per class
   */
  public static ImageFolder open(Path folderOrZip, Function<String, Split> splitOf) {
    return open(folderOrZip, splitOf, rememberedMd5s());
  }

  static ImageFolder open(Path folderOrZip, Function<String, Split> splitOf, Md5Memory md5s) {
    return open(folderOrZip, ImageFolder::classFolders, splitOf, md5s);
  }

  private static FolderLayout classFolders(FileSource source, String root) {
    return FolderLayout.of(source.files().keySet(), root);
  }

  private static Md5Memory rememberedMd5s() {
    return new Md5Memory(Folders.fromEnvironment().cache().resolve("md5"));
  }

  private static ImageFolder open(
      Path folderOrZip, LayoutReader reader, Function<String, Split> splitOf, Md5Memory md5s) {
    try {
      FileSource source = FileSource.open(folderOrZip, md5s);
      try {
        return new ImageFolder(folderOrZip, source, reader, splitOf);
      } catch (RuntimeException | IOException e) {
        source.close();
        throw e;
      }
    } catch (IOException e) {
      throw InputException.of(
          folderOrZip,
          "cannot be read as a folder or zip file (" + e.getMessage() + ").",
          "Check the path; a zip file that is cut short needs to be copied again.",
          e);
    }
  }

  /**
   * The usual rule: the first four bytes, as an unsigned big-endian number, of the md5 of {@code
   * class/file.png} in UTF-8, modulo 10: 0 to 7 train, 8 val, 9 test.
   */
  public static Split hashSplit(String classAndFile) {
    int bucket = Integer.remainderUnsigned(ByteBuffer.wrap(md5(classAndFile)).getInt(), 10);
    return bucket < 8 ? Split.TRAIN : bucket == 8 ? Split.VAL : Split.TEST;
  }

  @Override
  public String name() {
    Path file = root.toAbsolutePath().normalize().getFileName();
    return file == null ? root.toString() : file.toString().replaceFirst("(?i)\\.zip$", "");
  }

  @Override
  public Task task() {
    return classNames.size() == 2 ? Task.BINARY : Task.MULTI_CLASS;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  /** The images of one split; a sample's id is its path below the folder or in the zip file. */
  @Override
  public ImageList split(Split split) {
    return new Images(items.get(split), record.with("data.split", split));
  }

  /**
   * Name, identity and split sizes. The identity of a zip file is its md5 ({@code data.md5}), that
   * of a folder the md5 of its files' names and sizes ({@code data.listing_md5}).
   */
  @Override
  public RunRecord record() {
    return record;
  }

  /** Closes the zip file; reading after that is an error. */
  @Override
  public void close() {
    try {
      source.close();
    } catch (IOException e) {
      throw InputException.of(root, "cannot be closed.", "Check the disk.", e);
    }
  }

  /** The data card, with the images of each class and split. */
  @Override
  public String toString() {
    var card = new DataCard(name() + ", image files");
    card.line("task", task().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    card.line(
        "identity", source.identityName() + " " + record.entries().get(source.identityName()));
    long masked = count(all(), item -> !item.masks().isEmpty());
    if (masked > 0) {
      card.line("masks", String.format(Locale.ROOT, "%,d images have one", masked));
    }
    if (!splitFiles.isEmpty()) {
      card.line("split", "by " + String.join(", ", splitFiles));
    }
    if (ignored > 0) {
      card.line("ignored", String.format(Locale.ROOT, "%,d other files", ignored));
    }
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("class", "train", "val", "test"));
    for (int k = 0; k < classNames.size(); k++) {
      int label = k;
      rows.add(row(k + " " + classNames.get(k), item -> item.label() == label));
    }
    rows.add(row("images", item -> true));
    card.table(rows);
    return card.toString();
  }

  private List<String> row(String name, Predicate<Item> counted) {
    var row = new ArrayList<>(List.of(name));
    items
        .values()
        .forEach(list -> row.add(String.format(Locale.ROOT, "%,d", count(list, counted))));
    return row;
  }

  private static long count(Collection<Item> list, Predicate<Item> counted) {
    return list.stream().filter(counted).count();
  }

  private List<Item> all() {
    return items.values().stream().flatMap(List::stream).toList();
  }

  private final class Images implements ImageList {

    private final List<Item> list;
    private final RunRecord identity;

    Images(List<Item> list, RunRecord identity) {
      this.list = list;
      this.identity = identity;
    }

    @Override
    public int size() {
      return list.size();
    }

    @Override
    public Sample get(int index) {
      Item item = list.get(index);
      RgbImage image = decode(item.id());
      return new Sample(item.id(), image, labels(index), mask(item, image), Optional.empty());
    }

    @Override
    public int[] labels(int index) {
      return new int[] {list.get(index).label()};
    }

    @Override
    public Task task() {
      return ImageFolder.this.task();
    }

    @Override
    public List<String> classNames() {
      return classNames;
    }

    @Override
    public RunRecord record() {
      return identity;
    }
  }

  private Optional<byte[]> mask(Item item, RgbImage image) {
    if (item.masks().isEmpty()) {
      return Optional.empty();
    }
    byte[] union = new byte[image.width() * image.height()];
    for (String file : item.masks()) {
      RgbImage mask = decode(file);
      checkMask(mask, image, file);
      join(mask, image, union);
    }
    return Optional.of(union);
  }

  private static void join(RgbImage mask, RgbImage image, byte[] union) {
    int left = (mask.width() - image.width()) / 2;
    int top = (mask.height() - image.height()) / 2;
    byte[] rgb = mask.rgb();
    for (int y = 0, i = 0; y < image.height(); y++) {
      int k = 3 * ((y + top) * mask.width() + left);
      for (int x = 0; x < image.width(); x++, i++, k += 3) {
        if ((rgb[k] | rgb[k + 1] | rgb[k + 2]) != 0) {
          union[i] = 1;
        }
      }
    }
  }

  // One mask of BUSI was saved as a figure: the picture in its own size, centred on a larger page.
  private void checkMask(RgbImage mask, RgbImage image, String file) {
    boolean margins = mask.width() >= image.width() && mask.height() >= image.height();
    double stretch =
        (double) mask.width() * image.height() / ((double) mask.height() * image.width());
    boolean scaled = mask.width() != image.width() && Math.abs(stretch - 1) < 0.02;
    if (!margins || scaled) {
      throw InputException.of(
          root,
          "%s has %d x %d pixels, but its image %d x %d."
              .formatted(file, mask.width(), mask.height(), image.width(), image.height()),
          "Resize the mask to the size of its image.");
    }
  }

  private RgbImage decode(String file) {
    String where = root + (source instanceof FileSource.Zip ? "!/" : "/") + file;
    try {
      return ImageFile.read(source.read(file, ImageFile.MAX_BYTES), where);
    } catch (IOException e) {
      var refusal =
          new InputException(
              "%s: cannot be read (%s).".formatted(where, e.getMessage()),
              "Get the file again, or take it out.");
      refusal.initCause(e);
      throw refusal;
    }
  }

  private static byte[] md5(String text) {
    return Checksum.Kind.MD5.digest().digest(text.getBytes(StandardCharsets.UTF_8));
  }
}
