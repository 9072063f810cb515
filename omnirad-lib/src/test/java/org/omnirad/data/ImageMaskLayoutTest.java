package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;

class ImageMaskLayoutTest {

  private static final int PIXELS = Pictures.WIDTH * Pictures.HEIGHT;

  private static final byte[] IMAGE =
      Pictures.encode(Pictures.image(BufferedImage.TYPE_BYTE_GRAY), "png");

  @TempDir private Path temporary;

  /** A grey mask of one value at x 3, y 2, and 0 elsewhere. */
  private static byte[] mask(int value) {
    return mask(BufferedImage.TYPE_BYTE_GRAY, 3, 2, value);
  }

  private static byte[] mask(int type, int x, int y, int... value) {
    var image = new BufferedImage(Pictures.WIDTH, Pictures.HEIGHT, type);
    image.getRaster().setPixel(x, y, value);
    return Pictures.encode(image, "png");
  }

  private Path write(String... files) throws IOException {
    Path root = Files.createTempDirectory(temporary, "data");
    for (String file : files) {
      write(root, file, file.contains("mask") ? mask(255) : IMAGE);
    }
    return root;
  }

  private static void write(Path root, String file, byte[] content) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.write(root.resolve(file), content);
  }

  private ImageFolder open(Path path) {
    return ImageFolder.open(path, new Md5Memory(temporary.resolve("md5")));
  }

  private ImageFolder open(Path path, String... maskClassNames) {
    return ImageFolder.open(path, List.of(maskClassNames), new Md5Memory(temporary.resolve("md5")));
  }

  private static List<Sample> all(ImageDataset dataset) {
    ImageList all = dataset.allSplits();
    return IntStream.range(0, all.size()).mapToObj(all::get).toList();
  }

  private static Map<String, String> places(ImageFolder folder) {
    var places = new TreeMap<String, String>();
    for (Split split : Split.values()) {
      ImageList list = folder.split(split);
      for (int i = 0; i < list.size(); i++) {
        Sample sample = list.get(i);
        assertArrayEquals(sample.labels(), list.labels(i));
        assertEquals(1, sample.mask().orElseThrow()[2 * Pictures.WIDTH + 3], sample.id());
        places.put(sample.id(), split + " " + Arrays.toString(sample.labels()));
      }
    }
    return places;
  }

  private static byte[] marked(int... pixels) {
    byte[] mask = new byte[PIXELS];
    for (int pixel : pixels) {
      mask[pixel] = 1;
    }
    return mask;
  }

  private String refusal(Path path) {
    return assertThrows(InputException.class, () -> open(path)).getMessage();
  }

  private static String refusalToRead(ImageDataset dataset) {
    return assertThrows(InputException.class, () -> all(dataset)).getMessage();
  }

  @Test
  void masksBesideImagesNeedNoClasses() throws IOException {
    ImageFolder folder =
        open(write("x/images/a.png", "x/masks/a.png", "x/images/b.tif", "x/masks/b.png"));
    assertEquals(List.of(), folder.classNames());
    assertEquals(Task.MULTI_CLASS, folder.task());
    assertEquals(List.of("background", "foreground"), folder.maskClassNames());
    assertEquals(List.of("background", "foreground"), folder.split(Split.VAL).maskClassNames());
    List<Sample> samples = all(folder);
    assertEquals(2, samples.size());
    assertArrayEquals(marked(2 * Pictures.WIDTH + 3), samples.get(0).mask().orElseThrow());
    assertArrayEquals(new int[0], samples.get(0).labels());
    String card = folder.toString();
    assertTrue(card.contains("2 images have one: 0 background; 1 foreground"), card);
    assertTrue(card.lines().noneMatch(line -> line.contains("ignored")), card);
  }

  @Test
  void theRuleSplitsByFileName() throws IOException {
    Path root = write("images/a.png", "masks/a.png", "images/b.png", "masks/b.png");
    ImageFolder folder =
        ImageFolder.open(
            root,
            name -> name.equals("a.png") ? Split.TEST : Split.VAL,
            new Md5Memory(temporary.resolve("md5")));
    assertEquals(Map.of("images/a.png", "TEST []", "images/b.png", "VAL []"), places(folder));
  }

  @Test
  void splitFoldersLieAboveOrBelow() throws IOException {
    assertEquals(
        Map.of("train/images/1.png", "TRAIN []", "Validation/images/1.png", "VAL []"),
        places(
            open(
                write(
                    "train/images/1.png",
                    "train/masks/1.png",
                    "Validation/images/1.png",
                    "Validation/masks/1.png"))));
    assertEquals(
        Map.of("d/Images/train/1.png", "TRAIN []", "d/Images/test/1.png", "TEST []"),
        places(
            open(
                write(
                    "d/Images/train/1.png",
                    "d/Masks/train/1.png",
                    "d/Images/test/1.png",
                    "d/Masks/test/1.png"))));
  }

  @Test
  void classesLieAboveOrBelowTheSplit() throws IOException {
    assertEquals(
        Map.of(
            "d/B/train/images/1.png", "TRAIN [1]",
            "d/B/val/images/2.png", "VAL [1]",
            "d/A/test/images/1.png", "TEST [0]"),
        places(
            open(
                write(
                    "d/B/train/images/1.png",
                    "d/B/train/masks/1.png",
                    "d/B/val/images/2.png",
                    "d/B/val/masks/2.png",
                    "d/A/test/images/1.png",
                    "d/A/test/masks/1.png"))));
    ImageFolder below =
        open(
            write(
                "train/b/images/1.png",
                "train/b/masks/1.png",
                "test/a/images/patient/1.png",
                "test/a/masks/patient/1.png"));
    assertEquals(List.of("a", "b"), below.classNames());
    assertEquals(
        Map.of("train/b/images/1.png", "TRAIN [1]", "test/a/images/patient/1.png", "TEST [0]"),
        places(below));
    ImageFolder unsplit =
        open(write("a/images/1.png", "a/masks/1.png", "b/images/1.png", "b/masks/1.png"));
    assertEquals(List.of("a", "b"), unsplit.classNames());
    assertEquals(List.of("background", "foreground"), unsplit.maskClassNames());
  }

  @Test
  void oneSetOfTheAuthorsLayoutHasNoClasses() throws IOException {
    ImageFolder folder =
        open(
            write(
                "sets/BusiMSBench/train/images/1.png",
                "sets/BusiMSBench/train/masks/1.png",
                "sets/BusiMSBench/val/images/1.png",
                "sets/BusiMSBench/val/masks/1.png"));
    assertEquals(List.of(), folder.classNames());
    assertEquals(1, folder.split(Split.VAL).size());
  }

  @Test
  void severalMasksAreJoined() throws IOException {
    Path root = write("images/a.png", "masks/a_mask.png", "masks/a_mask_1.png", "masks/a.png");
    write(root, "masks/a_mask_1.png", mask(BufferedImage.TYPE_3BYTE_BGR, 5, 1, 0, 0, 9));
    assertArrayEquals(
        marked(2 * Pictures.WIDTH + 3, Pictures.WIDTH + 5),
        all(open(root)).get(0).mask().orElseThrow());
  }

  @Test
  void aFileThatIsCalledMaskAmongTheImagesIsAnImage() throws IOException {
    Path root = write("images/a_mask.png", "masks/a_mask.png");
    assertEquals("images/a_mask.png", all(open(root)).get(0).id());
  }

  @Test
  void zipAndFolderHoldTheSameSamples() throws IOException {
    Path root = write("train/images/1.png", "train/masks/1.png", "val/images/2.png");
    write(root, "val/masks/2.png", mask(7));
    Path file = temporary.resolve("set.zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file));
        Stream<Path> files = Files.walk(root)) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(root.relativize(path).toString().replace('\\', '/')));
        zip.write(Files.readAllBytes(path));
      }
      zip.putNextEntry(new ZipEntry("__MACOSX/val/images/._2.png"));
      zip.write(IMAGE);
    }
    try (ImageFolder zip = open(file)) {
      assertEquals(places(open(root)), places(zip));
      assertTrue(zip.toString().contains("1 other files"), zip.toString());
    }
  }

  @Test
  void whatLacksItsPartnerIsNamed() throws IOException {
    String message = refusal(write("images/a.png", "masks/a.png", "images/c.png", "images/b.png"));
    assertTrue(message.contains(": 2 of 3 images have no mask; the first: images/b.png."), message);
    message = refusal(write("images/a.png", "masks/a.png", "masks/b_mask_2.png", "masks/c.png"));
    assertTrue(message.contains("2 masks have no image; the first: masks/b_mask_2.png."), message);
    message = refusal(write("train/images/a.png", "train/masks/a.png", "test/images/a.png"));
    assertTrue(message.contains("1 of 2 images have no mask; the first: test/images/a.png"));
    message = refusal(write("images/a.png", "images/a.tif", "masks/a.png"));
    assertTrue(message.contains("images/a.png and images/a.tif have the same mask."), message);
  }

  @Test
  void foldersThatDoNotHoldAllImagesAreRefused() throws IOException {
    String message =
        refusal(
            write("train/images/a.png", "train/masks/a.png", "x/images/b.png", "x/masks/b.png"));
    assertTrue(message.contains("split folders, but not x/images/b.png."), message);
    message = refusal(write("images/a.png", "masks/a.png", "images/c/b.png", "masks/c/b.png"));
    assertTrue(
        message.contains("images/c/b.png lies in the folder of a class, images/a.png in none."),
        message);
  }

  @Test
  void greyValuesAreClassesWhereTheyAreNamed() throws IOException {
    Path root = write("images/a.png", "masks/a.png");
    write(root, "masks/a.png", mask(2));
    ImageFolder folder = open(root, "background", "liver", "tumour");
    assertEquals(List.of("background", "liver", "tumour"), folder.maskClassNames());
    byte[] expected = new byte[PIXELS];
    expected[2 * Pictures.WIDTH + 3] = 2;
    assertArrayEquals(expected, all(folder).get(0).mask().orElseThrow());
    assertEquals("[background, liver, tumour]", folder.record().entries().get("data.mask_classes"));
    write(root, "masks/a_mask_1.png", mask(BufferedImage.TYPE_3BYTE_BGR, 4, 2, 1, 1, 1));
    expected[2 * Pictures.WIDTH + 4] = 1;
    assertArrayEquals(
        expected, all(open(root, "background", "liver", "tumour")).get(0).mask().orElseThrow());
  }

  @Test
  void classesAlsoOfMasksBesideTheirImages() throws IOException {
    Path root = write("b/a.png", "c/a.png");
    write(root, "b/a_mask.png", mask(1));
    ImageFolder folder = open(root, "background", "liver");
    assertEquals(List.of("b", "c"), folder.classNames());
    assertEquals(List.of("background", "liver"), folder.maskClassNames());
  }

  @Test
  void valuesThatAreNoClassesAreNamed() throws IOException {
    Path root = write("images/a.png", "masks/a.png");
    String file = root + "/masks/a.png: ";
    String message = refusalToRead(open(root, "background", "liver"));
    assertTrue(
        message.startsWith(file + "the pixel at x 3, y 2 has the value 255, expected 0 to 1."),
        message);
    write(root, "masks/a.png", mask(BufferedImage.TYPE_3BYTE_BGR, 3, 2, 1, 0, 1));
    message = refusalToRead(open(root, "background", "liver"));
    assertTrue(
        message.startsWith(file + "the pixel at x 3, y 2 has the colour (1, 0, 1), expected grey."),
        message);
    write(root, "masks/a.png", mask(2));
    write(root, "masks/a_mask.png", mask(1));
    message = refusalToRead(open(root, "background", "liver", "tumour"));
    assertTrue(
        message.contains(
            "masks/a_mask.png: the pixel at x 3, y 2 is of class 'liver', but of 'tumour' in"),
        message);
  }

  @Test
  void masksOfSixteenBitsAreRefused() throws IOException {
    Path root = write("images/a.png", "masks/a.png");
    byte[] deep = mask(BufferedImage.TYPE_USHORT_GRAY, 3, 2, 1);
    write(root, "masks/a.png", deep);
    for (ImageFolder folder : List.of(open(root), open(root, "background", "liver"))) {
      String message = refusalToRead(folder);
      assertTrue(message.startsWith(root + "/masks/a.png: its values have 16 bits"), message);
    }
    write(root, "images/a.png", deep);
    write(root, "masks/a.png", mask(1));
    assertEquals(1, all(open(root)).size(), "images of 16 bits are read");
    write(
        root,
        "masks/a.png",
        Pictures.encode(
            new BufferedImage(Pictures.WIDTH, Pictures.HEIGHT, BufferedImage.TYPE_USHORT_GRAY),
            "tiff",
            "LZW"));
    assertTrue(refusalToRead(open(root)).contains("have 16 bits"));
  }

  @Test
  void aJpegFileHoldsNoClasses() throws IOException {
    Path root = write("images/a.png", "masks/a.png");
    write(
        root, "masks/a.png", Pictures.encode(Pictures.image(BufferedImage.TYPE_BYTE_GRAY), "jpeg"));
    String message = refusalToRead(open(root, "background", "liver"));
    assertTrue(message.startsWith(root + "/masks/a.png: it is a JPEG file"), message);
    assertTrue(all(open(root)).get(0).mask().isPresent(), "but it has a foreground");
  }

  @Test
  void aMaskOfAnotherSizeIsAnError() throws IOException {
    Path root = write("images/a.png", "masks/a.png");
    write(root, "masks/a.png", Pictures.png(20, 12, 8, 0, new byte[12 * 21]));
    for (ImageFolder folder : List.of(open(root), open(root, "background", "liver"))) {
      String message = refusalToRead(folder);
      assertTrue(
          message.contains("/masks/a.png has 20 x 12 pixels, but its image 40 x 24."), message);
    }
  }

  @Test
  void aDamagedMaskIsNamed() throws IOException {
    Path root = write("images/a.png", "masks/a.png");
    write(root, "masks/a.png", Arrays.copyOf(mask(1), 60));
    assertTrue(refusalToRead(open(root)).startsWith(root + "/masks/a.png: "));
    Files.delete(root.resolve("masks/a.png"));
    assertEquals(List.of("images"), open(root).classNames(), "without masks a class as any other");
    write(root, "masks/a.gif", mask(1));
    assertTrue(refusal(root).contains("1 of 1 images have no mask; the first: images/a.png"));
  }

  @Test
  void classesOfMasksAreChecked() throws IOException {
    Path masked = write("images/a.png", "masks/a.png");
    Path bare = write("a/1.png", "b/1.png");
    assertTrue(
        assertThrows(InputException.class, () -> open(bare, "background", "liver"))
            .getMessage()
            .contains("there are classes of masks, but no masks"));
    String[] many = IntStream.range(0, 257).mapToObj(i -> "class " + i).toArray(String[]::new);
    for (String[] names : new String[][] {{}, {"a"}, {"a", "a"}, {"a", "b", "a"}, many}) {
      var e = assertThrows(InputException.class, () -> open(masked, names));
      assertTrue(e.getMessage().contains("1 to 255 other classes"), e.getMessage());
    }
    assertEquals(
        256, open(masked, Arrays.copyOf(many, 256)).split(Split.TRAIN).maskClassNames().size());
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "OMNIRAD_DATA", matches = ".+")
  void theRealBusiPicturesInFoldersOfImagesAndMasks() throws IOException {
    Path busi = Path.of(System.getenv("OMNIRAD_DATA")).resolve("busi");
    Path root = Files.createTempDirectory(temporary, "busi");
    try (Stream<Path> files = Files.walk(busi)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".png")).toList()) {
        String side = file.toString().contains("_mask") ? "masks" : "images";
        Path copy = root.resolve(file.getParent().getFileName()).resolve(side);
        Files.createDirectories(copy);
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    var masks = new TreeMap<String, byte[]>();
    all(open(busi)).forEach(s -> masks.put(s.id(), s.mask().orElseThrow()));
    assertEquals(98, masks.size());
    for (Sample sample : all(open(root))) {
      assertArrayEquals(
          masks.remove(sample.id().replace("/images/", "/")), sample.mask().orElseThrow());
    }
    assertTrue(masks.isEmpty());
  }
}
