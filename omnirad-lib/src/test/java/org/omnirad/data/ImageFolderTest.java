package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;

class ImageFolderTest {

  private static final byte[] IMAGE =
      Pictures.encode(Pictures.image(BufferedImage.TYPE_BYTE_GRAY), "png");

  @TempDir private Path temporary;

  private Path write(String... files) throws IOException {
    Path root = Files.createTempDirectory(temporary, "data");
    for (String file : files) {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.write(path, IMAGE);
    }
    return root;
  }

  private Path zip(Map<String, byte[]> entries) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return Files.write(Files.createTempFile(temporary, "data", ".zip"), out.toByteArray());
  }

  private ImageFolder open(Path path) {
    return ImageFolder.open(path, ImageFolder::hashSplit, new Md5Memory(temporary.resolve("md5")));
  }

  private static List<Sample> all(ImageFolder folder) {
    var samples = new ArrayList<Sample>();
    for (Split split : Split.values()) {
      ImageList list = folder.split(split);
      IntStream.range(0, list.size()).forEach(i -> samples.add(list.get(i)));
    }
    return samples;
  }

  private static Map<String, Integer> labels(ImageFolder folder) {
    var labels = new TreeMap<String, Integer>();
    all(folder).forEach(sample -> labels.put(sample.id(), sample.labels()[0]));
    return labels;
  }

  private String refusal(Path path) {
    return assertThrows(InputException.class, () -> open(path)).getMessage();
  }

  @Test
  void classesAreTheSortedFolders() throws IOException {
    ImageFolder folder = open(write("b/1.png", "a/2.PNG", "a/1.png", "c/x.tif"));
    assertEquals(List.of("a", "b", "c"), folder.classNames());
    assertEquals(Map.of("b/1.png", 1, "a/2.PNG", 0, "a/1.png", 0, "c/x.tif", 2), labels(folder));
    assertEquals(Task.MULTI_CLASS, folder.task());
    assertEquals(Task.BINARY, open(write("a/1.png", "b/1.png")).task());
  }

  @Test
  void wrappingFoldersArePassedOverAndDeeperOnesBelongToTheClass() throws IOException {
    ImageFolder folder =
        open(write("x/y/cover.png", "x/y/a/patient1/1.png", "x/y/a/patient2/1.png", "x/y/b/1.png"));
    assertEquals(List.of("a", "b"), folder.classNames());
    assertEquals(3, labels(folder).size());
    assertTrue(folder.toString().contains("1 other files"), folder.toString());
    assertEquals(List.of("only"), open(write("x/only/1.png", "x/only/2.png")).classNames());
  }

  @Test
  void splitFoldersDecideWhereTheyExist() throws IOException {
    ImageFolder folder =
        open(
            write(
                "d/Train/a/1.png",
                "d/Train/b/1.png",
                "d/Train/b/2.png",
                "d/validation/a/3.png",
                "d/test/b/4.png"));
    assertEquals(3, folder.split(Split.TRAIN).size());
    assertEquals("d/validation/a/3.png", folder.split(Split.VAL).get(0).id());
    assertEquals(1, folder.split(Split.TEST).get(0).labels()[0]);
    String message = refusal(write("train/a/1.png", "test/a/1.png", "extra/a/1.png"));
    assertTrue(
        message.contains("beside split folders there are others with images: extra"), message);
    assertTrue(refusal(write("train/1.png", "test/2.png")).contains("no folder per class"));
  }

  @Test
  void theRuleDecidesWithoutSplitFolders() throws IOException {
    Path root = write("a/1.png", "a/2.png", "b/deep/3.png");
    var asked = new HashSet<String>();
    ImageFolder folder =
        ImageFolder.open(
            root,
            name -> {
              asked.add(name);
              return name.startsWith("a") ? Split.TEST : Split.VAL;
            },
            new Md5Memory(temporary));
    assertEquals(new HashSet<>(List.of("a/1.png", "a/2.png", "b/3.png")), asked);
    assertEquals(0, folder.split(Split.TRAIN).size());
    assertEquals(1, folder.split(Split.VAL).size());
    assertEquals(2, folder.split(Split.TEST).size());
  }

  @Test
  void theUsualRuleIsTheMd5ModuloTen() {
    // python: int(hashlib.md5(b"Hand/000001.jpeg").hexdigest()[:8], 16) % 10
    assertEquals(Split.TRAIN, ImageFolder.hashSplit("Hand/000001.jpeg"));
    int[] counts = new int[3];
    IntStream.range(0, 5000)
        .forEach(i -> counts[List.of(Split.values()).indexOf(ImageFolder.hashSplit("a/" + i))]++);
    assertEquals(0.8, counts[0] / 5000.0, 0.02);
    assertEquals(0.1, counts[1] / 5000.0, 0.02);
  }

  @Test
  void zipAndFolderHoldTheSameSamples() throws IOException {
    String[] names =
        IntStream.range(0, 60).mapToObj(i -> (i % 3) + "/" + i + ".png").toArray(String[]::new);
    var entries = new TreeMap<String, byte[]>();
    for (String name : names) {
      entries.put(name, IMAGE);
    }
    entries.put("__MACOSX/0/._1.png", IMAGE);
    entries.put("0/.hidden.png", IMAGE);
    entries.put("readme.md", new byte[3]);
    try (ImageFolder zip = open(zip(entries))) {
      ImageFolder folder = open(write(names));
      assertEquals(labels(folder), labels(zip));
      assertTrue(zip.toString().contains("3 other files"), zip.toString());
      Sample one = folder.split(Split.TRAIN).get(3);
      Sample other = zip.split(Split.TRAIN).get(3);
      assertEquals(one.id(), other.id());
      assertArrayEquals(one.image().rgb(), other.image().rgb());
    }
  }

  @Test
  void firstSamplesAreOfSeveralClasses() throws IOException {
    String[] names =
        IntStream.range(0, 60).mapToObj(i -> (i / 20) + "/" + i + ".png").toArray(String[]::new);
    ImageList train = open(write(names)).split(Split.TRAIN);
    long classes = IntStream.range(0, 12).map(i -> train.get(i).labels()[0]).distinct().count();
    assertEquals(3, classes);
  }

  @Test
  void masksAreJoinedAndAreNoImages() throws IOException {
    Path root = write("a/x (1).png", "a/y.png");
    var mask = new BufferedImage(Pictures.WIDTH, Pictures.HEIGHT, BufferedImage.TYPE_BYTE_BINARY);
    mask.getRaster().setSample(3, 2, 0, 1);
    Files.write(root.resolve("a/x (1)_mask.png"), Pictures.encode(mask, "png"));
    mask.getRaster().setSample(3, 2, 0, 0);
    mask.getRaster().setSample(5, 4, 0, 1);
    Files.write(root.resolve("a/x (1)_mask_1.png"), Pictures.encode(mask, "png"));
    Files.write(root.resolve("a/lonely_mask.png"), IMAGE);
    ImageFolder folder = open(root);
    assertTrue(folder.toString().contains("1 images have one"), folder.toString());
    assertTrue(folder.toString().contains("1 other files"), folder.toString());
    for (Sample sample : all(folder)) {
      if (sample.id().equals("a/y.png")) {
        assertTrue(sample.mask().isEmpty());
      } else {
        byte[] expected = new byte[Pictures.WIDTH * Pictures.HEIGHT];
        expected[2 * Pictures.WIDTH + 3] = 1;
        expected[4 * Pictures.WIDTH + 5] = 1;
        assertArrayEquals(expected, sample.mask().orElseThrow());
      }
    }
    assertEquals(2, all(folder).size());
  }

  @Test
  void aMaskOfAnotherSizeIsAnError() throws IOException {
    Path root = write("a/x.png");
    for (int[] size : new int[][] {{1, 1}, {39, 24}, {80, 48}}) {
      byte[] mask = Pictures.png(size[0], size[1], 8, 0, new byte[size[1] * (size[0] + 1)]);
      Files.write(root.resolve("a/x_mask.png"), mask);
      String message = assertThrows(InputException.class, () -> all(open(root))).getMessage();
      String sizes = " has " + size[0] + " x " + size[1] + " pixels, but its image 40 x 24";
      assertTrue(message.contains("a/x_mask.png" + sizes), message);
    }
  }

  @Test
  void ofAMaskWithMarginsTheCentreCounts() throws IOException {
    Path root = write("a/x.png");
    var page = new BufferedImage(60, 30, BufferedImage.TYPE_BYTE_BINARY);
    page.getRaster().setSample(10 + 7, 3 + 5, 0, 1);
    page.getRaster().setSample(2, 2, 0, 1);
    Files.write(root.resolve("a/x_mask.png"), Pictures.encode(page, "png"));
    byte[] mask = all(open(root)).get(0).mask().orElseThrow();
    byte[] expected = new byte[Pictures.WIDTH * Pictures.HEIGHT];
    expected[5 * Pictures.WIDTH + 7] = 1;
    assertArrayEquals(expected, mask);
  }

  @Test
  void aDamagedImageIsNamedWhenItIsRead() throws IOException {
    Path root = write("a/good.png", "a/bad.png");
    Files.write(root.resolve("a/bad.png"), new byte[] {1, 2, 3});
    ImageFolder folder = open(root);
    String message = assertThrows(InputException.class, () -> all(folder)).getMessage();
    assertTrue(message.startsWith(root + "/a/bad.png: its content is not"), message);
    Files.delete(root.resolve("a/bad.png"));
    assertTrue(
        assertThrows(InputException.class, () -> all(folder)).getMessage().contains("a/bad.png"));
  }

  @Test
  void whatHoldsNoImagesIsRefused() throws IOException {
    Path empty = Files.createTempDirectory(temporary, "empty");
    assertTrue(refusal(empty).contains("none of its 0 files is an image"));
    assertTrue(refusal(write("1.png", "2.png")).contains("no folder per class"));
    assertTrue(refusal(temporary.resolve("missing")).contains("cannot be read as a folder or zip"));
    Path text = Files.writeString(temporary.resolve("a.zip"), "no zip file");
    assertTrue(refusal(text).contains("cannot be read as a folder or zip"));
  }

  @Test
  void identityChangesWithTheFiles() throws IOException {
    Path root = write("a/1.png", "b/1.png");
    var before = open(root).record();
    assertEquals(before, open(root).record());
    assertEquals(root.getFileName().toString(), before.entries().get("data.name"));
    Files.write(root.resolve("b/1.png"), new byte[5]);
    assertNotEquals(before, open(root).record());
    Path zip = zip(Map.of("a/1.png", IMAGE));
    try (ImageFolder folder = open(zip)) {
      assertEquals(Checksum.Kind.MD5.of(zip), folder.record().entries().get("data.md5"));
      assertEquals("VAL", folder.split(Split.VAL).record().entries().get("data.split"));
    }
  }

  @Test
  void threadsShareAZipFile() throws IOException {
    var entries = new TreeMap<String, byte[]>();
    IntStream.range(0, 40).forEach(i -> entries.put("train/a/" + i + ".png", IMAGE));
    try (ImageFolder folder = open(zip(entries))) {
      byte[] expected = ImageFile.read(IMAGE, "image").rgb();
      ImageList train = folder.split(Split.TRAIN);
      IntStream.range(0, 400)
          .parallel()
          .forEach(i -> assertArrayEquals(expected, train.get(i % 40).image().rgb()));
    }
  }

  @Test
  void aZipBombIsBounded() throws IOException {
    Path zip = zip(Map.of("a/1.png", new byte[ImageFile.MAX_BYTES + 5_000_000]));
    assertTrue(Files.size(zip) < 1_000_000);
    try (ImageFolder folder = open(zip)) {
      String message = assertThrows(InputException.class, () -> all(folder)).getMessage();
      assertTrue(message.contains("a/1.png: it is larger than 128 MiB"), message);
    }
  }

  /** Whatever is done to a zip file, there is one kind of exception, and no wrong picture. */
  @Test
  void mutatedZipFiles() throws IOException {
    var entries = new TreeMap<String, byte[]>();
    IntStream.range(0, 4).forEach(i -> entries.put("r/" + i % 2 + "/" + i + ".png", IMAGE));
    byte[] sound = Files.readAllBytes(zip(entries));
    byte[] expected = ImageFile.read(IMAGE, "image").rgb();
    var random = new SplittableRandom(4);
    var refusals = new AtomicInteger();
    Path file = temporary.resolve("mutated.zip");
    for (int round = 0; round < 600; round++) {
      byte[] changed = sound.clone();
      int from = round % 3 == 0 ? 0 : sound.length - 400;
      for (int k = random.nextInt(1, 4); k > 0; k--) {
        changed[random.nextInt(from, sound.length)] = (byte) random.nextInt(256);
      }
      int length = round % 10 == 0 ? random.nextInt(sound.length) : sound.length;
      Files.write(file, java.util.Arrays.copyOf(changed, length));
      try (ImageFolder folder = open(file)) {
        all(folder).forEach(sample -> assertArrayEquals(expected, sample.image().rgb()));
      } catch (InputException e) {
        assertTrue(e.getMessage().contains("mutated.zip"), e.getMessage());
        refusals.incrementAndGet();
      }
    }
    assertTrue(refusals.get() > 150, refusals + " refused");
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "OMNIRAD_DATA", matches = ".+")
  void theRealBusiPicturesHaveTheUnionOfTheirMasks() throws IOException {
    Path busi = Path.of(System.getenv("OMNIRAD_DATA")).resolve("busi");
    ImageFolder folder = open(busi);
    List<Sample> samples = all(folder);
    assertEquals(98, samples.size());
    assertEquals(List.of("benign", "malignant", "normal"), folder.classNames());
    for (Sample sample : samples) {
      long lesion =
          IntStream.range(0, sample.mask().orElseThrow().length)
              .filter(i -> sample.mask().get()[i] == 1)
              .count();
      assertEquals(sample.labels()[0] == 2, lesion == 0, sample.id());
      if (sample.id().equals("benign/benign (4).png")) {
        byte[] mask = sample.mask().get();
        assertEquals(1, mask[110 * 416 + 45], "the first lesion");
        assertEquals(1, mask[112 * 416 + 252], "the second, from a mask with margins");
        assertEquals(0, mask[137 * 416 + 320]);
      }
    }
  }
}
