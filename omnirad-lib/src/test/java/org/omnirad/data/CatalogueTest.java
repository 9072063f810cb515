package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.metric.Task;
import org.omnirad.run.Folders;
import org.omnirad.run.InputException;

class CatalogueTest {

  private static final String CONTENT = "the content of a data file";

  @TempDir Path temp;
  private Path data;
  private DataStore store;

  @BeforeEach
  void makeFolders() throws IOException {
    data = Files.createDirectory(temp.resolve("data"));
    store =
        new DataStore(new Folders(Optional.of(data), temp.resolve("cache")), FileServer.quick());
  }

  @Test
  void everyEntryIsComplete() {
    var names = new HashSet<String>();
    for (CatalogueEntry entry : Catalogue.entries()) {
      assertTrue(names.add(entry.name()), entry.name());
      assertEquals(entry.classNames().size(), Set.copyOf(entry.classNames()).size(), entry.name());
      assertTrue(entry.licence().isPresent(), entry.name());
      assertTrue(entry.citation().isPresent(), entry.name());
      assertFalse(entry.sources().isEmpty(), entry.name());
      assertEquals(entry.task() == Task.BINARY, entry.classNames().size() == 2, entry.name());
    }
    assertTrue(names.containsAll(List.of("mednist", "busi-images")));
  }

  @Test
  void medMnistHasTwelveSetsInFourSizes() {
    List<CatalogueEntry> sets =
        Catalogue.entries().stream()
            .filter(entry -> entry.format() == CatalogueEntry.Format.NPZ)
            .toList();
    assertEquals(12, sets.size());
    var md5s = new HashSet<String>();
    int images = 0;
    for (CatalogueEntry entry : sets) {
      assertEquals(List.of(28, 64, 128, 224), entry.sizes(), entry.name());
      for (CatalogueEntry.DataFile file : entry.files()) {
        String suffix = file.size().getAsInt() == 28 ? "" : "_" + file.size().getAsInt();
        assertEquals(entry.name() + suffix + ".npz", file.name());
        assertTrue(file.url().get().getPath().endsWith("/" + file.name()));
        assertTrue(md5s.add(file.md5().get()), file.name());
      }
      images += entry.splitSizes().values().stream().mapToInt(n -> n).sum();
    }
    // The article counts 708,069; version 2.2.4 removed 107 blank ones of the organ sets.
    assertEquals(708_069 - 107, images);
  }

  @Test
  void factsOfOneEntry() {
    CatalogueEntry entry = Catalogue.find("BreastMNIST");
    assertEquals("breastmnist", entry.name());
    assertEquals(Task.BINARY, entry.task());
    assertEquals(List.of("malignant", "normal, benign"), entry.classNames());
    assertEquals(OptionalInt.of(1), entry.channels());
    assertEquals(Map.of(Split.TRAIN, 546, Split.VAL, 78, Split.TEST, 156), entry.splitSizes());
    assertEquals("750601b1f35ba3300ea97c75c52ff8f6", entry.files().get(0).md5().get());
    assertTrue(entry.toString().contains("0 malignant; 1 normal, benign"), entry.toString());
  }

  @Test
  void whatIsNotPublishedIsSaid() {
    assertTrue(Catalogue.find("mednist").toString().contains("images    not published"));
  }

  @Test
  void anUnknownNameOffersTheNearest() {
    assertTrue(message("brestmnist").contains("Did you mean 'breastmnist'?"));
    assertTrue(message("pneumnia").contains("Did you mean 'pneumoniamnist'?"));
    assertTrue(message("busi-image").contains("Did you mean 'busi-images'?"));
    assertFalse(message("imagenet-21k").contains("Did you mean"));
    assertFalse(message("xyz").contains("Did you mean"));
    assertTrue(message("imagenet-21k").contains("'phantom'"));
    assertTrue(message("data/mine.zip").contains("no such file or folder"));
  }

  @Test
  void distanceCountsLetters() {
    assertEquals(0, Catalogue.distance("abc", "abc"));
    assertEquals(3, Catalogue.distance("", "abc"));
    assertEquals(3, Catalogue.distance("kitten", "sitting"));
  }

  @Test
  void anUnknownSizeIsRefused() {
    var refused =
        assertThrows(InputException.class, () -> store.get(Catalogue.find("breastmnist"), 32));
    assertTrue(refused.getMessage().contains("[28, 64, 128, 224]"), refused.getMessage());
  }

  @Test
  void aFileIsFoundAtAnyDepthByNameAndMd5() throws IOException {
    Path wrong = write(data.resolve("a/thing.npz"), "something else");
    Path right = write(data.resolve("b/c/d/thing.npz"), CONTENT);
    assertEquals(right, store.get(entry(List.of(file("thing.npz", md5(right)))), 0));
    Files.delete(right);
    var missing =
        assertThrows(
            InputException.class,
            () -> store.get(entry(List.of(file("thing.npz", "0".repeat(32)))), 0));
    assertTrue(
        missing.getMessage().contains(wrong + " with md5 " + md5(wrong)), missing.getMessage());
  }

  @Test
  void whetherAFileIsPresentIsKnownWithoutADownload() throws IOException {
    Path inData = data.resolve("a/thing.npz");
    Path cached = temp.resolve("cache/datasets/thing.npz");
    CatalogueEntry entry = entry(List.of(file("thing.npz", md5(write(inData, CONTENT)))));
    assertTrue(store.isPresent(entry, 0));
    Files.writeString(inData, "something else");
    assertFalse(store.isPresent(entry, 0), "another md5");
    write(cached, CONTENT);
    assertTrue(store.isPresent(entry, 0));
    assertThrows(InputException.class, () -> store.isPresent(Catalogue.find("breastmnist"), 32));
  }

  @Test
  void theMd5IsComputedAgainOnlyWhereTheFileChanged() throws IOException {
    Path file = write(data.resolve("thing.npz"), CONTENT);
    FileTime time = Files.getLastModifiedTime(file);
    String md5 = store.md5(file);
    assertEquals(md5(file), md5);
    Files.writeString(file, CONTENT.toUpperCase(Locale.ROOT));
    Files.setLastModifiedTime(file, time);
    assertEquals(md5, store.md5(file), "same size and time: remembered");
    Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 1000));
    assertEquals(md5(file), store.md5(file));
  }

  @Test
  void anUnwritableCacheOnlyCostsTime() throws IOException {
    Path file = write(data.resolve("thing.npz"), CONTENT);
    Path cache = write(temp.resolve("a-file"), "no folder");
    var other = new DataStore(new Folders(Optional.of(data), cache), FileServer.quick());
    assertEquals(md5(file), other.md5(file));
  }

  @Test
  void aFolderNeedsAFolderOfEachClass() throws IOException {
    CatalogueEntry busi = Catalogue.find("busi-images");
    Files.createDirectories(data.resolve("segmentation/busi/train"));
    var missing = assertThrows(InputException.class, () -> store.get(busi, 256));
    assertTrue(missing.getMessage().contains("Dataset_BUSI_with_GT.zip"), missing.getMessage());
    assertTrue(missing.getMessage().contains(data.toString()), missing.getMessage());
    for (String name : busi.classNames()) {
      Files.createDirectories(data.resolve("pictures/busi").resolve(name));
    }
    assertEquals(data.resolve("pictures/busi"), store.get(busi, 256));
  }

  @Test
  void linksThatRunInCirclesAreSurvived() throws IOException {
    Files.createDirectories(data.resolve("a/b"));
    Files.createSymbolicLink(data.resolve("a/b/up"), data);
    assertThrows(InputException.class, () -> store.get(Catalogue.find("mednist"), 64));
  }

  @Test
  void aDownloadLandsInTheCacheAndIsFoundThereNextTime() throws IOException {
    try (var server = new FileServer()) {
      byte[] content = CONTENT.getBytes(StandardCharsets.UTF_8);
      server.serve("/thing.npz", content);
      String md5 = md5(write(temp.resolve("same"), CONTENT));
      CatalogueEntry entry =
          entry(
              List.of(
                  new CatalogueEntry.DataFile(
                      OptionalInt.of(28),
                      "thing.npz",
                      Optional.of(server.url("/thing.npz")),
                      Optional.of(md5))));
      Path first = store.get(entry, 28);
      assertEquals(temp.resolve("cache/datasets/thing.npz"), first);
      assertEquals(CONTENT, Files.readString(first));
      assertEquals(first, store.get(entry, 28));
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void theCommandsPrintTablesAndCards() throws IOException {
    write(data.resolve("deep/down/breastmnist_64.npz"), "not yet checked");
    String table = output("list");
    assertEquals(Catalogue.entries().size() + 1, table.lines().count());
    assertTrue(table.lines().anyMatch(line -> line.matches("breastmnist +28,64,128,224 +64 .*")));
    assertTrue(
        table.lines().anyMatch(line -> line.matches("busi +128,256,512 +- +segmentation +2 .*")));
    assertTrue(output("show", "organcmnist").startsWith("organcmnist\n  task      multi-class"));
    var refused = assertThrows(InputException.class, () -> output("fetch"));
    assertTrue(refused.getMessage().contains("get NAME [SIZE]"));
    refused = assertThrows(InputException.class, () -> output("get", "breastmnist", "big"));
    assertTrue(refused.getMessage().contains("'big'"));
  }

  @Test
  void getPrintsTheVerifiedFile() throws IOException {
    Path folder = Files.createDirectories(data.resolve("MedNIST"));
    for (String name : Catalogue.find("mednist").classNames()) {
      Files.createDirectory(folder.resolve(name));
    }
    assertEquals(folder + "\nno md5 is published\n", output("get", "mednist"));
  }

  @Test
  void imageFoldersTakeTheNameAndTermsOfTheirEntry() throws IOException {
    CatalogueEntry entry = Catalogue.find("busi-images");
    for (String name : entry.classNames()) {
      Path folder = Files.createDirectories(data.resolve("busi").resolve(name));
      var image = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
      ImageIO.write(image, "png", folder.resolve(name + " (1).png").toFile());
    }
    try (ImageDataset dataset = Catalogue.open(entry, 256, store)) {
      assertEquals("busi-images", dataset.name());
      assertEquals("busi-images", dataset.split(Split.VAL).record().entries().get("data.name"));
      assertTrue(dataset.toString().contains("Al-Dhabyani"), dataset.toString());
    }
    Path fourth = Files.createDirectories(data.resolve("busi/other"));
    Files.copy(data.resolve("busi/normal/normal (1).png"), fourth.resolve("a.png"));
    var e = assertThrows(InputException.class, () -> Catalogue.open(entry, 256, store));
    assertTrue(e.getMessage().contains("expected [benign, malignant, normal]"), e.getMessage());
  }

  /** The rule that the catalogue prints, computed here in another way. */
  @Test
  void theSplitRuleIsTheOneThatIsPrinted() throws IOException {
    String rule = Catalogue.find("mednist").splitRule().get();
    assertTrue(rule.contains("md5 of 'class/file.ext'") && rule.contains("modulo 10"), rule);
    for (int i = 0; i < 100; i++) {
      String name = "Hand/%06d.jpeg".formatted(i);
      Path file = write(temp.resolve("name"), name);
      long number = Long.parseLong(md5(file).substring(0, 8), 16) % 10;
      Split expected = number < 8 ? Split.TRAIN : number == 8 ? Split.VAL : Split.TEST;
      assertEquals(expected, ImageFolder.hashSplit(name), name);
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "OMNIRAD_DATA", matches = ".+")
  void theRealMedNistIsSplitInTenths() {
    try (ImageDataset dataset = Catalogue.open(Catalogue.find("mednist"), 64, realData())) {
      int n = 0;
      for (Split split : Split.values()) {
        n += dataset.split(split).size();
      }
      assertEquals(44_215, n);
      assertEquals(0.8, dataset.split(Split.TRAIN).size() / (double) n, 0.01);
      assertEquals(0.1, dataset.split(Split.VAL).size() / (double) n, 0.01);
      assertEquals(64, dataset.split(Split.TEST).get(0).image().width());
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "OMNIRAD_DATA", matches = ".+")
  void theRealBusiImagesHaveMasks() {
    try (ImageDataset dataset = Catalogue.open(Catalogue.find("busi-images"), 256, realData())) {
      ImageList train = dataset.split(Split.TRAIN);
      assertTrue(train.size() > 60, "of 98 images");
      for (int i = 0; i < 5; i++) {
        assertTrue(train.get(i).mask().isPresent(), train.get(i).id());
      }
      assertEquals(List.of("background", "foreground"), dataset.maskClassNames());
      ImageList lesions = dataset.allSplits().ofClasses("benign", "malignant");
      assertEquals(65, lesions.size());
      for (ImageDataset fold : Folds.of(lesions, 5, 7)) {
        assertEquals(13, fold.split(Split.TEST).size());
        assertEquals(List.of("background", "foreground"), fold.maskClassNames());
      }
    }
  }

  private DataStore realData() {
    return new DataStore(
        new Folders(Folders.fromEnvironment().data(), temp.resolve("cache")), FileServer.quick());
  }

  private String output(String... args) {
    var bytes = new ByteArrayOutputStream();
    Catalogue.run(args, store, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String message(String name) {
    return assertThrows(InputException.class, () -> Catalogue.find(name)).getMessage();
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static String md5(Path file) throws IOException {
    return Checksum.Kind.MD5.of(file);
  }

  private static CatalogueEntry.DataFile file(String name, String md5) {
    return new CatalogueEntry.DataFile(
        OptionalInt.empty(), name, Optional.empty(), Optional.of(md5));
  }

  private static CatalogueEntry entry(List<CatalogueEntry.DataFile> files) {
    CatalogueEntry model = Catalogue.find("breastmnist");
    return new CatalogueEntry(
        "thing",
        model.format(),
        model.task(),
        model.classNames(),
        model.masks(),
        model.channels(),
        model.splitSizes(),
        model.splitRule(),
        model.licence(),
        model.citation(),
        model.reference(),
        model.home(),
        model.notes(),
        model.sources(),
        files);
  }
}
