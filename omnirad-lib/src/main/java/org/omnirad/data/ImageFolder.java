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
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.omnirad.metric.Task;
import org.omnirad.run.Folders;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

/**
 * A dataset of image files in one folder per class, or of images and their masks, on disk or inside
 * a zip file, which is read in place. Which files are read, and how, says {@link ImageFile}.
 *
 * <pre>
 *   root/benign/a.png               split by a rule on class and file name
 *   root/train/benign/a.png         or by folders train, val (or validation) and test
 * </pre>
 *
 * <p>Folders that only wrap the others are passed over, folders inside a class folder belong to the
 * class, and classes are sorted by name. Other files are counted and ignored. Samples come in an
 * order that mixes the classes, the same at each opening. Safe for use by several threads at once.
 *
 * <p>A file {@code a_mask.png} or {@code a_mask_1.png} beside {@code a.png} is no image but its
 * mask. Or masks lie apart, in folders {@code masks} beside folders {@code images}; then every
 * image has one, and there need not be classes:
 *
 * <pre>
 *   root/images/a.png               root/masks/a.png, a_mask.png or a_mask_1.png
 *   root/train/images/a.png         root/train/masks/a.png
 *   root/benign/train/images/a.png  root/benign/train/masks/a.png, or root/train/benign/...
 * </pre>
 *
 * <p>What is not black in a mask is foreground (the specks of a JPEG file too), or else {@linkplain
 * #open(Path, List) grey values are classes}. Several masks of an image are joined; of a mask with
 * margins, which is larger and of another shape, the centre counts. Masks have 8 bits.
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
  private final MaskValues maskValues;
  private final List<String> maskClassNames;
  private final Map<Split, List<Item>> items = new EnumMap<>(Split.class);
  private final int ignored;
  private final List<String> splitFiles;
  private final RunRecord record;

  private static final int NO_LABEL = -1;

  // The order is the beginning of a hash, an unsigned number.
  private record Item(String id, int label, List<String> masks, long order) {}

  /** Reads the layout of the files below a root. */
  private interface LayoutReader {
    FolderLayout read(FileSource source, String root) throws IOException;
  }

  private ImageFolder(
      Path root,
      FileSource source,
      LayoutReader reader,
      Function<String, Split> splitOf,
      MaskValues maskValues)
      throws IOException {
    this.root = root;
    this.source = source;
    this.maskValues = maskValues;
    FolderLayout layout = reader.read(source, root.toString());
    this.ignored = layout.ignored();
    this.splitFiles = layout.splitFiles();
    this.classNames =
        layout.images().stream()
            .flatMap(image -> image.className().stream())
            .distinct()
            .sorted()
            .toList();
    var labels = new HashMap<String, Integer>();
    classNames.forEach(name -> labels.put(name, labels.size()));
    for (Split split : Split.values()) {
      items.put(split, new ArrayList<>());
    }
    for (FolderLayout.Image image : layout.images()) {
      String name = image.file().substring(image.file().lastIndexOf('/') + 1);
      String classAndFile = image.className().map(c -> c + "/" + name).orElse(name);
      Split split = image.split().orElseGet(() -> splitOf.apply(classAndFile));
      items
          .get(split)
          .add(
              new Item(
                  image.file(),
                  image.className().map(labels::get).orElse(NO_LABEL),
                  image.masks(),
                  ByteBuffer.wrap(md5(image.file())).getLong()));
    }
    this.maskClassNames =
        layout.images().stream().anyMatch(image -> !image.masks().isEmpty())
            ? maskValues.classNames()
            : List.of();
    items.values().forEach(list -> list.sort((a, b) -> Long.compareUnsigned(a.order(), b.order())));
    RunRecord identity =
        new RunRecord(Map.of())
            .with("data.name", name())
            .with(source.identityName(), source.identity())
            .with("data.train", items.get(Split.TRAIN).size())
            .with("data.val", items.get(Split.VAL).size())
            .with("data.test", items.get(Split.TEST).size());
    if (!splitFiles.isEmpty()) {
      identity = identity.with("data.split_files", String.join(", ", splitFiles));
    }
    if (maskValues.areIndices()) {
      identity = identity.with("data.mask_classes", maskValues.classNames());
      if (maskClassNames.isEmpty()) {
        throw InputException.of(
            root,
            "there are classes of masks, but no masks.",
            "Put masks beside the images, as x_mask.png, or into a folder masks beside images.");
      }
    }
    this.record = identity;
  }

  /**
   * Opens a folder or zip file of any of the layouts; where nothing in it says the split, it is
   * split 80/10/10 by {@link #hashSplit}.
   *
   * @throws InputException where there is no such file, it cannot be read, it holds no folder per
   *     class, or not each image in a folder {@code images} has its mask
   */
  public static ImageFolder open(Path folderOrZip) {
    return open(folderOrZip, rememberedMd5s());
  }

  static ImageFolder open(Path folderOrZip, Md5Memory md5s) {
    return open(
        folderOrZip, ImageFolder::anyLayout, ImageFolder::hashSplit, MaskValues.FOREGROUND, md5s);
  }

  /**
   * Opens a folder or zip file as {@link #open(Path)} does, whose masks have the indices of classes
   * as grey values. Others are refused when they are read, and so are JPEG files.
   *
   * @param maskClassNames 2 to 256 names, from value 0, the background, on
   * @throws InputException also where the names are not as said, or there is no mask
   */
  public static ImageFolder open(Path folderOrZip, List<String> maskClassNames) {
    return open(folderOrZip, maskClassNames, rememberedMd5s());
  }

  static ImageFolder open(Path folderOrZip, List<String> maskClassNames, Md5Memory md5s) {
    return open(
        folderOrZip,
        ImageFolder::anyLayout,
        ImageFolder::hashSplit,
        MaskValues.indices(maskClassNames),
        md5s);
  }

  /** Opens RadImageNet, whatever else lies beside it; split as by {@link #open(Path)}. */
  static ImageFolder openRadImageNet(Path folderOrZip) {
    return open(
        folderOrZip,
        RadImageNetLayout::of,
        ImageFolder::hashSplit,
        MaskValues.FOREGROUND,
        rememberedMd5s());
  }

  /**
   * Opens a folder or zip file as {@link #open(Path)} does, but takes it for one folder per class
   * also where it looks like RadImageNet.
   *
   * @param splitOf the split of {@code class/file.png}, or {@code file.png} where there are no
   *     classes; not asked where there are split folders
   * @throws InputException as {@link #open(Path)}
   */
  public static ImageFolder open(Path folderOrZip, Function<String, Split> splitOf) {
    return open(folderOrZip, splitOf, rememberedMd5s());
  }

  static ImageFolder open(Path folderOrZip, Function<String, Split> splitOf, Md5Memory md5s) {
    return open(folderOrZip, ImageFolder::classFolders, splitOf, MaskValues.FOREGROUND, md5s);
  }

  private static FolderLayout anyLayout(FileSource source, String root) throws IOException {
    Set<String> files = source.files().keySet();
    return RadImageNetLayout.fits(files) && !ImageMaskLayout.fits(files)
        ? RadImageNetLayout.of(source, root)
        : classFolders(source, root);
  }

  private static FolderLayout classFolders(FileSource source, String root) {
    Set<String> files = source.files().keySet();
    return ImageMaskLayout.fits(files)
        ? ImageMaskLayout.of(files, root)
        : FolderLayout.of(files, root);
  }

  private static Md5Memory rememberedMd5s() {
    return new Md5Memory(Folders.fromEnvironment().cache().resolve("md5"));
  }

  private static ImageFolder open(
      Path folderOrZip,
      LayoutReader reader,
      Function<String, Split> splitOf,
      MaskValues maskValues,
      Md5Memory md5s) {
    try {
      FileSource source = FileSource.open(folderOrZip, md5s);
      try {
        return new ImageFolder(folderOrZip, source, reader, splitOf, maskValues);
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

  /** Background and foreground, or the classes that were named; empty where no image has a mask. */
  @Override
  public List<String> maskClassNames() {
    return maskClassNames;
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
      String classes = DataCard.numbered(maskClassNames);
      card.line("masks", String.format(Locale.ROOT, "%,d images have one: %s", masked, classes));
    }
    if (!splitFiles.isEmpty()) {
      card.line("split", "by " + String.join(", ", splitFiles));
    }
    if (ignored > 0) {
      card.line("ignored", String.format(Locale.ROOT, "%,d other files", ignored));
    }
    var rows = new ArrayList<List<String>>();
    rows.add(DataCard.splits(classNames.isEmpty() ? "" : "class"));
    for (int k = 0; k < classNames.size(); k++) {
      int label = k;
      rows.add(row(k + " " + classNames.get(k), item -> item.label() == label));
    }
    rows.add(row("images", item -> true));
    card.table(rows);
    return card.toString();
  }

  private List<String> row(String name, Predicate<Item> counted) {
    return DataCard.counts(name, split -> count(items.get(split), counted));
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
      RgbImage image = ImageFile.read(content(item.id()), where(item.id()));
      return new Sample(item.id(), image, labels(index), mask(item, image), Optional.empty());
    }

    @Override
    public int[] labels(int index) {
      int label = list.get(index).label();
      return label == NO_LABEL ? new int[0] : new int[] {label};
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
    public List<String> maskClassNames() {
      return maskClassNames;
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
    byte[] mask = new byte[image.width() * image.height()];
    for (String file : item.masks()) {
      maskValues.add(content(file), where(file), image, mask);
    }
    return Optional.of(mask);
  }

  private String where(String file) {
    return root + (source instanceof FileSource.Zip ? "!/" : "/") + file;
  }

  private byte[] content(String file) {
    try {
      return source.read(file, ImageFile.MAX_BYTES);
    } catch (IOException e) {
      var refusal =
          new InputException(
              "%s: cannot be read (%s).".formatted(where(file), e.getMessage()),
              "Get the file again, or take it out.");
      refusal.initCause(e);
      throw refusal;
    }
  }

  private static byte[] md5(String text) {
    return Checksum.Kind.MD5.digest().digest(text.getBytes(StandardCharsets.UTF_8));
  }
}
