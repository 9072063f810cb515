package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.run.Folders;
import org.omnirad.run.InputException;
import org.omnirad.tensor.NpzWriter;

class MedSegBenchTest {

  private static final int SIZE = 4;
  private static final int PIXELS = SIZE * SIZE;
  private static final Map<Split, Integer> COUNTS =
      Map.of(Split.TRAIN, 5, Split.VAL, 2, Split.TEST, 3);

  @TempDir Path folder;

  private static List<CatalogueEntry> sets() {
    return Catalogue.entries().stream()
        .filter(entry -> entry.format() == CatalogueEntry.Format.MEDSEGBENCH)
        .toList();
  }

  @Test
  void theCatalogueHasThirtyFiveSetsInThreeSizes() {
    var stems = new HashSet<String>();
    var md5s = new HashSet<String>();
    for (CatalogueEntry entry : sets()) {
      assertEquals(List.of(128, 256, 512), entry.sizes(), entry.name());
      assertEquals(Set.of(Split.values()), entry.splitSizes().keySet(), entry.name());
      assertTrue(entry.channels().isPresent(), entry.name());
      assertTrue(entry.reference().isPresent(), entry.name());
      List<String> classes = entry.masks().orElseThrow().classNames();
      assertEquals(classes.size(), Set.copyOf(classes).size(), entry.name());
      for (CatalogueEntry.DataFile file : entry.files()) {
        String stem = file.name().replaceFirst("_\\d+\\.npz$", "");
        assertEquals(stem + "_" + file.size().getAsInt() + ".npz", file.name());
        assertTrue(file.md5().orElseThrow().matches("[0-9a-f]{32}"), file.name());
        assertTrue(
            file.url()
                .orElseThrow()
                .toString()
                .matches("https://zenodo.org/records/133(58372|59660)/files/" + file.name()));
        stems.add(stem);
        md5s.add(file.md5().get());
      }
      for (String text : List.of(entry.name(), entry.licence().get(), entry.reference().get())) {
        assertEquals(text.strip(), text, entry.name());
      }
    }
    assertEquals(35, stems.size());
    assertEquals(3 * 35, md5s.size());
    assertEquals(35 + 3, sets().size(), "idrib has four masks of each image");
  }

  @Test
  void factsOfSomeEntries() {
    assertEquals(
        List.of("background", "pubic symphysis", "fetal head"),
        Catalogue.find("fhpsaop").masks().get().classNames());
    assertEquals(19, Catalogue.find("m2caiseg").masks().get().classNames().size());
    assertEquals(
        "198aea70968b71adf593b32c41a6e995", Catalogue.find("busi").files().get(1).md5().get());
    String card = Catalogue.find("Promise12").toString();
    assertTrue(card.startsWith("promise12\n  task      segmentation, 2 classes\n"), card);
    assertTrue(card.contains("classes   0 background; 1 foreground"), card);
    assertTrue(card.contains("made from 10.1016/j.media.2013.12.002"), card);
    assertTrue(card.contains("Scientific Data 11(1), 1283"), card);
  }

  @Test
  void imagesComeWithTheirMasks() {
    ImageDataset dataset = open("fhpsaop");
    assertEquals(List.of(), dataset.classNames());
    assertEquals(List.of("background", "pubic symphysis", "fetal head"), dataset.maskClassNames());
    ImageList val = dataset.split(Split.VAL);
    assertEquals(2, val.size());
    assertEquals(dataset.maskClassNames(), val.maskClassNames());
    assertEquals(dataset.task(), val.task());
    assertArrayEquals(new int[0], val.classCounts());
    Sample sample = val.get(1);
    assertEquals("val/1", sample.id());
    assertArrayEquals(new int[0], sample.labels());
    byte[] grey = images(1, Split.VAL);
    byte[] mask = sample.mask().orElseThrow();
    assertEquals(PIXELS, mask.length);
    for (int i = 0; i < PIXELS; i++) {
      assertEquals(grey[PIXELS + i], sample.image().rgb()[3 * i + 2]);
      assertEquals((PIXELS + i) % 3, mask[i]);
    }
  }

  @Test
  void colourImagesComeAsTheyAre() {
    byte[] all = images(3, Split.TEST);
    byte[] rgb = open("kvasir").split(Split.TEST).get(2).image().rgb();
    for (int i = 0; i < rgb.length; i++) {
      assertEquals(all[2 * rgb.length + i], rgb[i]);
    }
  }

  @Test
  void whereValuesNumberTheObjectsEveryOneIsForeground() {
    for (String name : List.of("pandental", "dynamicnuclear")) {
      byte[] labels = new byte[5 * PIXELS];
      labels[0] = 1;
      labels[1] = 32;
      labels[2] = (byte) 255;
      ImageDataset dataset =
          open(name, "train_label", w -> w.put("train_label", labels, 5, SIZE, SIZE));
      byte[] expected = new byte[PIXELS];
      expected[0] = 1;
      expected[1] = 1;
      expected[2] = 1;
      ImageList train = dataset.split(Split.TRAIN);
      assertArrayEquals(expected, train.get(0).mask().get());
      assertArrayEquals(expected, train.get(0).mask().get(), "reading changes nothing");
      assertEquals(List.of("background", "foreground"), dataset.maskClassNames());
    }
  }

  @Test
  void idribHasOneNameForEachKindOfMask() {
    assertEquals(
        List.of("background", "optic disc"), Catalogue.find("idrib-c4").masks().get().classNames());
    for (int c = 1; c <= 4; c++) {
      CatalogueEntry entry = Catalogue.find("idrib-c" + c);
      assertEquals("label_C" + c, entry.masks().get().array());
      assertEquals("idrib_256.npz", entry.files().get(1).name());
    }
    byte[] labels = new byte[5 * PIXELS];
    labels[3] = 1;
    ImageDataset dataset =
        open("idrib-c2", "train_label_C2", w -> w.put("train_label_C2", labels, 5, SIZE, SIZE));
    assertEquals(1, dataset.split(Split.TRAIN).get(0).mask().get()[3]);
    assertEquals("idrib-c2", dataset.record().entries().get("data.name"));
    Path file = folder.resolve("idrib_256.npz");
    var e = assertThrows(InputException.class, () -> Catalogue.open(file, store()));
    assertTrue(e.getMessage().contains("idrib-c1, idrib-c2, idrib-c3, idrib-c4"), e.getMessage());
    e = assertThrows(InputException.class, () -> Catalogue.find("idrib"));
    assertTrue(e.getMessage().contains("Did you mean 'idrib-c1'?"), e.getMessage());
  }

  @Test
  void theRecordNamesTheData() throws IOException {
    ImageDataset dataset = open("fhpsaop");
    assertEquals(
        Map.of(
            "data.name", "fhpsaop",
            "data.size", "4",
            "data.md5", Checksum.Kind.MD5.of(folder.resolve("fhpsaop_4.npz")),
            "data.train", "5",
            "data.val", "2",
            "data.test", "3",
            "data.split", "TEST"),
        dataset.split(Split.TEST).record().entries());
  }

  @Test
  void theDataCardNamesClassesAndTerms() {
    String card = open("fhpsaop").toString();
    assertTrue(card.startsWith("fhpsaop, 4 x 4 pixels\n  task      segmentation\n"), card);
    assertTrue(card.contains("0 background; 1 pubic symphysis; 2 fetal head"), card);
    assertTrue(card.contains("CC BY-NC 4.0"), card);
    assertTrue(card.contains("10.1038/s41597-024-04159-2"), card);
    assertTrue(card.lines().anyMatch(line -> line.matches(" +images +5 +2 +3")), card);
    assertFalse(card.contains(folder.toString()), "no paths of this machine");
  }

  @Test
  void manyThreadsReadTheSame() {
    ImageList train = open("fhpsaop").split(Split.TRAIN);
    byte[] first = train.get(0).mask().get();
    byte[] last = train.get(4).mask().get();
    IntStream.range(0, 2000)
        .parallel()
        .forEach(
            i ->
                assertArrayEquals(
                    i % 2 == 0 ? first : last, train.get(i % 2 * 4).mask().orElseThrow()));
  }

  @Test
  void aMaskValueWithoutAClassIsRefused() {
    byte[] labels = new byte[5 * PIXELS];
    labels[3 * PIXELS + 6] = 3;
    ImageDataset dataset =
        open("fhpsaop", "train_label", w -> w.put("train_label", labels, 5, SIZE, SIZE));
    ImageList train = dataset.split(Split.TRAIN);
    assertEquals(5, train.size());
    train.get(2);
    var e = assertThrows(InputException.class, () -> train.get(3));
    assertTrue(e.getMessage().startsWith(folder.resolve("fhpsaop_4.npz") + ": "), e.getMessage());
    assertTrue(
        e.getMessage().contains("array 'train_label' image 3 holds the value 3, expected 0 to 2"),
        e.getMessage());
    labels[3 * PIXELS + 6] = (byte) 255;
    ImageDataset binary =
        open("busi", "train_label", w -> w.put("train_label", labels, 5, SIZE, SIZE));
    e = assertThrows(InputException.class, () -> binary.split(Split.TRAIN).get(3));
    assertTrue(e.getMessage().contains("holds the value 255, expected 0 to 1"), e.getMessage());
  }

  @Test
  void aFileThatIsNotWhatTheCatalogueSaysIsRefused() {
    refused("there is no array 'train_label'", "kvasir", "train_label", w -> {});
    refused(
        "has the shape [5, 4, 4], expected [5, 4, 4, 3]",
        "kvasir",
        "train_images",
        w -> w.put("train_images", new byte[80], 5, 4, 4));
    refused(
        "has the shape [5, 4, 3], expected [5, 4, 4]",
        "busi",
        "train_label",
        w -> w.put("train_label", new byte[60], 5, 4, 3));
    refused(
        "has the shape [4, 4, 4], expected [5, 4, 4]",
        "busi",
        "train_label",
        w -> w.put("train_label", new byte[64], 4, 4, 4));
    refused(
        "array 'train_label' is of type INT32, expected [UINT8]",
        "busi",
        "train_label",
        w -> w.put("train_label", new int[80], 5, 4, 4));
    refused(
        "array 'train_images' is of type FLOAT32, expected [UINT8]",
        "busi",
        "train_images",
        w -> w.put("train_images", new float[80], 5, 4, 4));
  }

  @Test
  void aWrongMd5IsRefusedAndAFileIsOpenedByItsPublishedName() throws IOException {
    Path file = Files.writeString(folder.resolve("busi_256.npz"), "not the real one");
    var e = assertThrows(InputException.class, () -> Catalogue.open(file, store()));
    assertTrue(e.getMessage().contains("is 198aea70968b71adf593b32c41a6e995"), e.getMessage());
    assertTrue(e.getMessage().contains("lab.py get busi 256"), e.getMessage());
  }

  private DataStore store() {
    return new DataStore(
        new Folders(Optional.empty(), folder.resolve("cache")), FileServer.quick());
  }

  private void refused(String message, String name, String replaced, Consumer<NpzWriter> instead) {
    var refused =
        assertThrows(
            InputException.class, () -> open(name, replaced, instead).split(Split.TRAIN).get(0));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
    assertTrue(
        refused.getMessage().startsWith(folder.resolve(name + "_4.npz").toString()),
        refused.getMessage());
  }

  private ImageDataset open(String name) {
    return open(name, "", w -> {});
  }

  /** A small file of that set, in which one array is replaced. */
  private ImageDataset open(String name, String replaced, Consumer<NpzWriter> instead) {
    CatalogueEntry entry = entry(name);
    Path file = folder.resolve(name + "_4.npz");
    var writer = new NpzWriter().compressed();
    instead.accept(writer);
    for (Split split : Split.values()) {
      fill(writer, entry, split, replaced);
    }
    writer.write(file);
    var published =
        new CatalogueEntry.DataFile(
            OptionalInt.of(SIZE), name + "_4.npz", Optional.empty(), Optional.empty());
    try {
      return MedSegBench.open(
          entry, published, file, Checksum.Kind.MD5.of(file), folder.resolve("cache"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void fill(NpzWriter writer, CatalogueEntry entry, Split split, String without) {
    int n = COUNTS.get(split);
    int channels = entry.channels().getAsInt();
    String images = NpzSplits.key(split, "images");
    if (!without.equals(images)) {
      long[] grey = {n, SIZE, SIZE};
      long[] colour = {n, SIZE, SIZE, 3};
      writer.put(images, images(channels, split), channels == 1 ? grey : colour);
    }
    String labels = NpzSplits.key(split, entry.masks().get().array());
    if (!without.equals(labels)) {
      byte[] values = new byte[n * PIXELS];
      for (int i = 0; i < values.length; i++) {
        values[i] = (byte) (i % entry.masks().get().classNames().size());
      }
      writer.put(labels, values, n, SIZE, SIZE);
    }
  }

  private static byte[] images(int channels, Split split) {
    byte[] values = new byte[COUNTS.get(split) * PIXELS * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (i * 7 + values.length);
    }
    return values;
  }

  /** An entry with its own masks, but few small images. */
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
