package org.omnirad.data;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.omnirad.run.InputException;

/**
 * The datasets that are known by name. A file is looked for in {@code OMNIRAD_DATA}, at any depth,
 * then in the cache folder ({@link org.omnirad.run.Folders}), then downloaded.
 */
public final class Catalogue {

  private static final List<String> FAMILIES =
      List.of("medmnist.json", "mednist.json", "busi.json", "radimagenet.json", "medsegbench.json");

  private Catalogue() {}

  /** All datasets. */
  public static List<CatalogueEntry> entries() {
    return FAMILIES.stream()
        .flatMap(file -> CatalogueFamily.ofResource(file).entries().stream())
        .toList();
  }

  /**
   * The dataset of a name; upper and lower case are the same.
   *
   * @throws InputException where there is none; the message offers the nearest name
   */
  public static CatalogueEntry find(String name) {
    List<CatalogueEntry> entries = entries();
    for (CatalogueEntry entry : entries) {
      if (entry.name().equalsIgnoreCase(name)) {
        return entry;
      }
    }
    if (name.matches(".*[/\\\\.].*")) {
      throw new InputException(
          "'%s': no such file or folder.".formatted(name),
          "Check the path, from " + Path.of("").toAbsolutePath() + " on where it is relative.");
    }
    List<String> names = entries.stream().map(CatalogueEntry::name).toList();
    throw new InputException(
        "No dataset is called '%s'.".formatted(name),
        nearest(name, names).map(n -> "Did you mean '" + n + "'? ").orElse("")
            + "Known names: "
            + String.join(", ", names)
            + ", or 'phantom', or the path of a folder or zip file of images.");
  }

  /**
   * Opens a dataset, downloaded where it is not there yet.
   *
   * @param size the side length of the images in pixels, one of {@link CatalogueEntry#sizes()}; of
   *     no effect where the entry has none
   * @throws InputException where it cannot be had, or does not hold what the catalogue says
   */
  public static ImageDataset open(String name, int size) {
    return open(find(name), size, DataStore.fromEnvironment());
  }

  /**
   * Whether {@link #open(String, int)} would download nothing.
   *
   * @throws InputException where the name or size is unknown
   */
  public static boolean isPresent(String name, int size) {
    return DataStore.fromEnvironment().isPresent(find(name), size);
  }

  /**
   * Opens a file that is named as in the catalogue, such as {@code breastmnist_64.npz}.
   *
   * @throws InputException where the catalogue has no file of that name, or it does not hold what
   *     the catalogue says
   */
  public static ImageDataset open(Path npz) {
    return open(npz, DataStore.fromEnvironment());
  }

  static ImageDataset open(Path npz, DataStore store) {
    List<CatalogueEntry> found =
        entries().stream().filter(entry -> entry.file(npz).isPresent()).toList();
    if (found.isEmpty()) {
      throw InputException.of(
          npz,
          "no data set of the catalogue has a file of that name.",
          "Give it its published name, such as breastmnist.npz or breastmnist_64.npz.");
    }
    if (found.size() > 1) {
      throw InputException.of(
          npz,
          "it holds several data sets of the catalogue.",
          "Put it into the folder that OMNIRAD_DATA names, and open one by its name: "
              + String.join(", ", found.stream().map(CatalogueEntry::name).toList())
              + ".");
    }
    return open(found.get(0), npz, store);
  }

  static ImageDataset open(CatalogueEntry entry, int size, DataStore store) {
    return open(entry, store.get(entry, size), store);
  }

  private static ImageDataset open(CatalogueEntry entry, Path file, DataStore store) {
    CatalogueEntry.DataFile published = entry.file(file).orElseThrow();
    Path cache = store.folders().cache();
    return switch (entry.format()) {
      case NPZ -> MedMnist.open(entry, published, file, store.md5(file), cache);
      case MEDSEGBENCH -> MedSegBench.open(entry, published, file, store.md5(file), cache);
      case IMAGES -> new CatalogueImages(entry, ImageFolder.open(file, ImageFolder::hashSplit));
      case RADIMAGENET -> new CatalogueImages(entry, ImageFolder.openRadImageNet(file));
    };
  }

  /**
   * {@code list} prints a table, {@code get NAME [SIZE]} fetches and verifies the files of one
   * dataset, {@code show NAME} prints its data card. Ends with status 1 where that fails.
   */
  public static void main(String[] args) {
    try {
      run(args, DataStore.fromEnvironment(), System.out);
    } catch (InputException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  static void run(String[] args, DataStore store, PrintStream out) {
    String command = args.length == 0 ? "" : args[0];
    if (command.equals("list") && args.length == 1) {
      list(store, out);
    } else if (command.equals("show") && args.length == 2) {
      out.println(find(args[1]));
    } else if (command.equals("get") && (args.length == 2 || args.length == 3)) {
      CatalogueEntry entry = find(args[1]);
      int size = args.length == 3 ? size(args[2]) : entry.sizes().stream().findFirst().orElse(0);
      Path file = store.get(entry, size);
      out.println(file);
      out.println(
          entry.sizes().isEmpty()
              ? "no md5 is published"
              : "md5 " + store.md5(file) + ", as published");
    } else {
      throw new InputException(
          "Unknown command '" + String.join(" ", args) + "'.",
          "Use: list, show NAME, or get NAME [SIZE].");
    }
  }

  private static int size(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InputException(
          "The size '" + text + "' is no number.", "Give the side length in pixels, such as 28.");
    }
  }

  private static void list(DataStore store, PrintStream out) {
    var rows = new ArrayList<List<String>>();
    rows.add(
        List.of("NAME", "SIZES", "HERE", "TASK", "CLASSES", "TRAIN", "VAL", "TEST", "LICENCE"));
    List<CatalogueEntry> entries = entries();
    Set<String> present =
        store.present(
            entries.stream()
                .flatMap(entry -> entry.files().stream())
                .map(CatalogueEntry.DataFile::name)
                .collect(Collectors.toSet()));
    for (CatalogueEntry entry : entries) {
      rows.add(row(entry, present));
    }
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        line.append(row.get(c)).append(" ".repeat(widths[c] - row.get(c).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static List<String> row(CatalogueEntry entry, Set<String> present) {
    List<String> here =
        entry.files().stream()
            .filter(file -> present.contains(file.name()))
            .map(file -> file.size().isPresent() ? "" + file.size().getAsInt() : file.name())
            .toList();
    var row = new ArrayList<String>();
    row.add(entry.name());
    row.add(entry.sizes().isEmpty() ? "as stored" : join(entry.sizes()));
    row.add(here.isEmpty() ? "-" : join(here));
    row.add(entry.taskName());
    int classes = entry.shownClassNames().size();
    row.add(classes == 0 ? "by folder" : "" + classes);
    for (Split split : Split.values()) {
      row.add(
          Optional.ofNullable(entry.splitSizes().get(split)).map(n -> "" + n).orElse("by rule"));
    }
    row.add(entry.licence().orElse("not published"));
    return row;
  }

  private static String join(List<?> values) {
    return String.join(",", values.stream().map(Object::toString).toList());
  }

  private static Optional<String> nearest(String name, List<String> names) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return names.stream()
        .filter(
            n ->
                n.contains(wanted)
                    || wanted.contains(n)
                    || distance(wanted, n) <= Math.min(3, n.length() / 2))
        .min(
            Comparator.comparing((String n) -> !n.startsWith(wanted))
                .thenComparing(n -> distance(wanted, n)))
        .or(() -> names.stream().filter(n -> distance(wanted, stem(n)) <= 2).findFirst());
  }

  private static String stem(String name) {
    return name.replaceFirst("mnist$", "");
  }

  /** How many letters to insert, delete or replace to turn one word into the other. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
