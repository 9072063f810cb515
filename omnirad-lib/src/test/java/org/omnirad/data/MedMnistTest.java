package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.metric.Task;
import org.omnirad.run.Folders;
import org.omnirad.run.InputException;
import org.omnirad.tensor.NpzWriter;

class MedMnistTest {

  private static final int SIZE = 4;
  private static final Map<Split, Integer> COUNTS =
      Map.of(Split.TRAIN, 5, Split.VAL, 2, Split.TEST, 3);

  @TempDir Path folder;

  @Test
  void greyImagesAreRepeatedToRgb() throws Exception {
    ImageDataset dataset = open(entry("breastmnist"));
    ImageList val = dataset.split(Split.VAL);
    assertEquals(2, val.size());
    Sample sample = val.get(1);
    assertEquals("val/1", sample.id());
    byte[] grey = images(1, Split.VAL);
    for (int i = 0; i < SIZE * SIZE; i++) {
      for (int c = 0; c < 3; c++) {
        assertEquals(grey[SIZE * SIZE + i], sample.image().rgb()[3 * i + c]);
      }
    }
    assertArrayEquals(new int[] {1}, sample.labels());
    assertEquals(List.of("malignant", "normal, benign"), val.classNames());
    assertEquals(Task.BINARY, dataset.task());
  }

  @Test
  void colourImagesComeAsTheyAre() throws Exception {
    ImageDataset dataset = open(entry("bloodmnist"));
    byte[] all = images(3, Split.TEST);
    byte[] rgb = dataset.split(Split.TEST).get(2).image().rgb();
    for (int i = 0; i < rgb.length; i++) {
      assertEquals(all[2 * rgb.length + i], rgb[i]);
    }
  }

  @Test
  void severalLabelsAreZerosAndOnes() throws Exception {
    ImageDataset dataset = open(entry("chestmnist"));
    int[] labels = dataset.split(Split.TRAIN).get(3).labels();
    assertArrayEquals(new int[] {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, labels);
    labels[0] = 9;
    assertEquals(0, dataset.split(Split.TRAIN).get(3).labels()[0], "a sample is a copy");
    String card = dataset.toString();
    assertTrue(card.contains("multi-label"), card);
    assertTrue(card.lines().anyMatch(line -> line.matches(" +none of them +2 +1 +2")), card);
    assertTrue(card.lines().anyMatch(line -> line.matches(" +1 cardiomegaly +3 +1 +1")), card);
  }

  @Test
  void gradesAreOrdinal() throws Exception {
    ImageDataset dataset = open(entry("retinamnist"));
    assertEquals(Task.ORDINAL, dataset.task());
    assertArrayEquals(new int[] {4}, dataset.split(Split.TRAIN).get(4).labels());
  }

  @Test
  void theRecordNamesTheData() throws Exception {
    ImageDataset dataset = open(entry("breastmnist"));
    Map<String, String> facts = dataset.split(Split.TEST).record().entries();
    assertEquals(
        Map.of(
            "data.name", "breastmnist",
            "data.size", "4",
            "data.md5", Checksum.Kind.MD5.of(folder.resolve("breastmnist_4.npz")),
            "data.train", "5",
            "data.val", "2",
            "data.test", "3",
            "data.split", "TEST"),
        facts);
  }

  @Test
  void theDataCardCountsAndNamesItsTerms() throws Exception {
    String card = open(entry("breastmnist")).toString();
    assertTrue(card.startsWith("breastmnist, 4 x 4 pixels\n"), card);
    assertTrue(card.contains("breastmnist_4.npz, md5 "), card);
    assertTrue(card.contains("CC BY 4.0"), card);
    assertTrue(card.contains("10.1038/s41597-022-01721-8"), card);
    assertTrue(card.lines().anyMatch(line -> line.matches(" +0 malignant +3 +1 +2")), card);
    assertTrue(card.lines().anyMatch(line -> line.matches(" +images +5 +2 +3")), card);
    assertTrue(
        !card.contains(folder.toString()), "no paths of this machine in a notebook's output");
  }

  @Test
  void manyThreadsReadTheSame() throws Exception {
    ImageDataset dataset = open(entry("bloodmnist"));
    ImageList train = dataset.split(Split.TRAIN);
    byte[] first = train.get(0).image().rgb();
    byte[] last = train.get(4).image().rgb();
    IntStream.range(0, 2000)
        .parallel()
        .forEach(
            i -> assertArrayEquals(i % 2 == 0 ? first : last, train.get(i % 2 * 4).image().rgb()));
  }

  @Test
  void aFileThatIsNotWhatTheCatalogueSaysIsRefused() {
    refused("there is no array 'val_labels'", "breastmnist", w -> {}, "val_labels");
    refused(
        "has the shape [4, 4, 4], expected [5, 4, 4]",
        "breastmnist",
        w -> w.put("train_images", new byte[64], 4, 4, 4),
        "train_images");
    refused(
        "has the shape [5, 4, 4], expected [5, 4, 4, 3]",
        "bloodmnist",
        w -> w.put("train_images", new byte[80], 5, 4, 4),
        "train_images");
    refused(
        "is of type FLOAT32, expected [UINT8]",
        "breastmnist",
        w -> w.put("train_images", new float[80], 5, 4, 4),
        "train_images");
    refused(
        "is of type FLOAT32, expected integers",
        "breastmnist",
        w -> w.put("train_labels", new float[5], 5, 1),
        "train_labels");
    refused(
        "array 'train_labels' row 1 holds the label 2, expected 0 to 1",
        "breastmnist",
        w -> w.put("train_labels", new int[] {0, 2, 0, 0, 0}, 5, 1),
        "train_labels");
    refused(
        "row 0 holds the label -1",
        "retinamnist",
        w -> w.put("test_labels", new int[] {-1, 0, 0}, 3, 1),
        "test_labels");
    refused(
        "has the shape [5, 1], expected [5, 14]",
        "chestmnist",
        w -> w.put("train_labels", new byte[5], 5, 1),
        "train_labels");
  }

  @Test
  void aWrongMd5IsRefused() throws Exception {
    Path file = write(entry("breastmnist"));
    String published = "1".repeat(32);
    String found = Checksum.Kind.MD5.of(file);
    var refused =
        assertThrows(
            InputException.class,
            () ->
                MedMnist.open(
                    entry("breastmnist"),
                    dataFile("breastmnist_4.npz", Optional.of(published)),
                    file,
                    found,
                    folder));
    assertTrue(refused.getMessage().contains("md5 is " + found), refused.getMessage());
    assertTrue(refused.getMessage().contains("is " + published), refused.getMessage());
    assertTrue(refused.getMessage().contains("lab.py get breastmnist 4"), refused.getMessage());
    assertTrue(Files.exists(file));
  }

  @Test
  void aFileIsOpenedByItsPublishedName() throws Exception {
    Path cache = folder.resolve("cache");
    var store = new DataStore(new Folders(Optional.empty(), cache), FileServer.quick());
    Path file = Files.writeString(folder.resolve("breastmnist.npz"), "not the real one");
    var refused = assertThrows(InputException.class, () -> Catalogue.open(file, store));
    assertTrue(
        refused.getMessage().contains("750601b1f35ba3300ea97c75c52ff8f6"), refused.getMessage());
    Path other = folder.resolve("mine.npz");
    refused = assertThrows(InputException.class, () -> Catalogue.open(other, store));
    assertTrue(refused.getMessage().contains("published name"), refused.getMessage());
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "OMNIRAD_DATA", matches = ".+")
  void theRealBreastMnist() {
    var folders = new Folders(Folders.fromEnvironment().data(), folder.resolve("cache"));
    var store = new DataStore(folders, FileServer.quick());
    ImageDataset dataset = Catalogue.open(Catalogue.find("breastmnist"), 28, store);
    assertEquals(546, dataset.split(Split.TRAIN).size());
    assertEquals(78, dataset.split(Split.VAL).size());
    assertEquals(156, dataset.split(Split.TEST).size());
    int malignant = 0;
    for (int i = 0; i < 156; i++) {
      malignant += 1 - dataset.split(Split.TEST).get(i).labels()[0];
    }
    assertEquals(42, malignant);
    assertEquals("750601b1f35ba3300ea97c75c52ff8f6", dataset.record().entries().get("data.md5"));
    RgbImage image = dataset.split(Split.TRAIN).get(0).image();
    assertEquals(28, image.width());
  }

  private void refused(String message, String name, Consumer<NpzWriter> instead, String replaced) {
    var writer = new NpzWriter();
    instead.accept(writer);
    fill(writer, entry(name), replaced);
    Path file = folder.resolve(name + "_4.npz");
    writer.write(file);
    var refused =
        assertThrows(
            InputException.class,
            () -> {
              ImageDataset dataset =
                  MedMnist.open(
                      entry(name), dataFile("x", Optional.empty()), file, "", folder.resolve("c"));
              dataset.split(Split.TRAIN);
            });
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
    assertTrue(refused.getMessage().startsWith(file.toString()), refused.getMessage());
  }

  private ImageDataset open(CatalogueEntry entry) throws Exception {
    Path file = write(entry);
    return MedMnist.open(
        entry,
        dataFile(entry.name() + "_4.npz", Optional.empty()),
        file,
        Checksum.Kind.MD5.of(file),
        folder.resolve("cache"));
  }

  private Path write(CatalogueEntry entry) {
    Path file = folder.resolve(entry.name() + "_4.npz");
    var writer = new NpzWriter().compressed();
    fill(writer, entry, "");
    writer.write(file);
    return file;
  }

  private static void fill(NpzWriter writer, CatalogueEntry entry, String without) {
    int channels = entry.channels().getAsInt();
    int k = entry.classNames().size();
    int columns = entry.task() == Task.MULTI_LABEL ? k : 1;
    for (Split split : Split.values()) {
      int n = COUNTS.get(split);
      String key = split.name().toLowerCase(Locale.ROOT);
      if (!without.equals(key + "_images")) {
        long[] grey = {n, SIZE, SIZE};
        long[] colour = {n, SIZE, SIZE, 3};
        writer.put(key + "_images", images(channels, split), channels == 1 ? grey : colour);
      }
      byte[] labels = new byte[n * columns];
      for (int i = 0; i < labels.length; i++) {
        int row = i / columns;
        labels[i] = (byte) (columns == 1 ? row % k : row == 0 || row == 2 ? 0 : i % columns % 2);
      }
      if (!without.equals(key + "_labels")) {
        writer.put(key + "_labels", labels, n, columns);
      }
    }
  }

  private static byte[] images(int channels, Split split) {
    byte[] values = new byte[COUNTS.get(split) * SIZE * SIZE * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (i * 7 + values.length);
    }
    return values;
  }

  private static CatalogueEntry.DataFile dataFile(String name, Optional<String> md5) {
    return new CatalogueEntry.DataFile(OptionalInt.of(SIZE), name, Optional.empty(), md5);
  }

  /** An entry with its own classes and task, but few small images. */
  private static CatalogueEntry entry(String name) {
    CatalogueEntry e = Catalogue.find(name);
    return new CatalogueEntry(
        e.name(),
        e.format(),
        e.task(),
        e.classNames(),
        e.masks(),
        e.channels(),
        COUNTS,
        e.splitRule(),
        e.licence(),
        e.citation(),
        e.reference(),
        e.home(),
        e.notes(),
        e.sources(),
        e.files());
  }
}
