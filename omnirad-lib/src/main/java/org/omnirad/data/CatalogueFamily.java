package org.omnirad.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.omnirad.metric.Task;
import org.omnirad.run.Json;

/**
 * One file of the catalogue: datasets that share their format and most facts. The components are
 * the keys of the JSON file; what is not published is left out there and null here.
 */
record CatalogueFamily(
    String format,
    String home,
    String citation,
    List<String> notes,
    Map<String, String> sources,
    List<Item> datasets) {

  private static final Pattern MD5 = Pattern.compile("[0-9a-f]{32}");

  record Item(
      String name,
      Task task,
      List<String> classes,
      Masks masks,
      Integer channels,
      Splits splits,
      String splitRule,
      String licence,
      String reference,
      List<String> notes,
      List<Item.File> files) {

    record Masks(List<String> classes, String array, Boolean nonZeroIsOne) {

      Masks {
        if (classes == null || classes.size() < 2) {
          throw new IllegalArgumentException("masks of the classes " + classes);
        }
      }
    }

    record File(Integer size, String name, String url, String md5) {

      File {
        if (name == null || (md5 != null && !MD5.matcher(md5).matches())) {
          throw new IllegalArgumentException("file '%s' with md5 '%s'".formatted(name, md5));
        }
      }
    }

    /** Images with masks need no task and classes: they have no labels. */
    Item {
      if (masks != null && task == null && classes == null) {
        task = Task.MULTI_CLASS;
        classes = List.of();
      }
      if (name == null || task == null || classes == null || files == null || files.isEmpty()) {
        throw new IllegalArgumentException(
            "dataset '%s' lacks its task, classes or files".formatted(name));
      }
    }
  }

  record Splits(int train, int val, int test) {}

  CatalogueFamily {
    notes = notes == null ? List.of() : notes;
    sources = sources == null ? Map.of() : sources;
    if (format == null || datasets == null) {
      throw new IllegalArgumentException("a family lacks its format or its datasets");
    }
  }

  /** Reads one file of the catalogue, packaged with this class. */
  static CatalogueFamily ofResource(String name) {
    String path = "datasets/" + name;
    try (InputStream in = CatalogueFamily.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("the library's jar lacks " + path);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Json.read(text, CatalogueFamily.class, path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  List<CatalogueEntry> entries() {
    return datasets.stream().map(this::entry).toList();
  }

  private CatalogueEntry entry(Item item) {
    var allNotes = new ArrayList<>(item.notes == null ? List.<String>of() : item.notes);
    allNotes.addAll(notes);
    return new CatalogueEntry(
        item.name,
        CatalogueEntry.Format.valueOf(format.toUpperCase(Locale.ROOT)),
        item.task,
        List.copyOf(item.classes),
        Optional.ofNullable(item.masks).map(CatalogueFamily::masks),
        optional(item.channels),
        splitSizes(item.splits),
        Optional.ofNullable(item.splitRule),
        Optional.ofNullable(item.licence),
        Optional.ofNullable(citation),
        Optional.ofNullable(item.reference),
        Optional.ofNullable(home).map(URI::create),
        List.copyOf(allNotes),
        sources,
        item.files.stream().map(CatalogueFamily::file).toList());
  }

  private static CatalogueEntry.Masks masks(Item.Masks masks) {
    return new CatalogueEntry.Masks(
        List.copyOf(masks.classes),
        masks.array == null ? "label" : masks.array,
        Boolean.TRUE.equals(masks.nonZeroIsOne));
  }

  private static CatalogueEntry.DataFile file(Item.File file) {
    return new CatalogueEntry.DataFile(
        optional(file.size),
        file.name,
        Optional.ofNullable(file.url).map(URI::create),
        Optional.ofNullable(file.md5));
  }

  private static Map<Split, Integer> splitSizes(Splits splits) {
    var sizes = new EnumMap<Split, Integer>(Split.class);
    if (splits != null) {
      sizes.put(Split.TRAIN, splits.train);
      sizes.put(Split.VAL, splits.val);
      sizes.put(Split.TEST, splits.test);
    }
    return sizes;
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
