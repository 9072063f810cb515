package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.run.InputException;

class NpzFileTest {

  private static final int LARGE = 3 << 20;

  @TempDir Path folder;

  private Path path() {
    return folder.resolve("x.npz");
  }

  private Path cache() {
    return folder.resolve("cache");
  }

  private NpzFile open() {
    return NpzFile.open(path(), cache());
  }

  private NpzFile open(ZipBytes zip) {
    try {
      Files.write(path(), zip.build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open();
  }

  private void assertRefused(String problem, ZipBytes zip) {
    assertRefused(problem, () -> open(zip).get("a"));
  }

  private void assertRefused(String problem, Runnable action) {
    String message = assertThrows(InputException.class, action::run).getMessage();
    assertTrue(message.startsWith(path() + ": "), message);
    assertTrue(message.contains(problem), message);
  }

  private List<Path> cached() throws IOException {
    if (!Files.exists(cache())) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(cache())) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static byte[] npy(byte[] values) {
    byte[] header = NpyHeader.write(NpyType.UINT8, 1, values.length);
    byte[] file = Arrays.copyOf(header, header.length + values.length);
    System.arraycopy(values, 0, file, header.length, values.length);
    return file;
  }

  /** Values that deflate to about a tenth. */
  private static byte[] large(int seed) {
    byte[] values = new byte[LARGE];
    for (int i = 0; i < LARGE; i++) {
      values[i] = (byte) ((i >> 4) * 31 + (i >> 11) + seed);
    }
    return values;
  }

  private static ZipBytes archive(boolean deflated) {
    var zip = new ZipBytes();
    zip.add("a.npy", npy(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), deflated);
    return zip;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsWrittenIsRead(boolean compressed) throws IOException {
    float[][] rows = {{1, Float.NaN}, {3, -0f}, {1e-40f, 6}};
    long[] longs = new long[20_000];
    Arrays.setAll(longs, i -> i * 1_000_000_007L);
    var writer = new NpzWriter();
    writer
        .put("rows", rows)
        .put("images", new byte[] {0, (byte) 200, 3, 4}, 1, 2, 2)
        .put("floats", new float[] {1.5f}, 1)
        .put("ints", new int[] {Integer.MIN_VALUE, 2}, 2, 1)
        .put("intRows", new int[][] {{1}, {2}})
        .put("longs", longs, 20_000)
        .put("ids", List.of("scan 1", "", "\u00e9\ud83d\ude00"))
        .put("none", new float[0][]);
    (compressed ? writer.compressed() : writer).write(path());
    NpzFile file = open();
    assertEquals(
        List.of("floats", "ids", "images", "intRows", "ints", "longs", "none", "rows"),
        List.copyOf(file.names()));
    assertArrayEquals(rows, file.get("rows").floatRows());
    assertArrayEquals(new byte[] {0, (byte) 200, 3, 4}, file.get("images").row(0));
    assertArrayEquals(new long[] {1, 2, 2}, file.get("images").shape());
    assertArrayEquals(new float[] {1.5f}, file.get("floats").floats());
    assertArrayEquals(new int[][] {{Integer.MIN_VALUE}, {2}}, file.get("ints").intRows());
    assertArrayEquals(new int[][] {{1}, {2}}, file.get("intRows").intRows());
    assertArrayEquals(longs, file.get("longs").longs());
    assertEquals(List.of("scan 1", "", "\u00e9\ud83d\ude00"), file.get("ids").strings());
    assertEquals(0, file.get("none").floatRows().length);
    assertTrue(cached().isEmpty());
  }

  @Test
  void equalContentGivesEqualFiles() throws IOException {
    new NpzWriter().compressed().put("a", new int[] {1, 2}, 2).write(path());
    byte[] first = Files.readAllBytes(path());
    new NpzWriter().compressed().put("a", new int[] {1, 2}, 2).write(path());
    assertArrayEquals(first, Files.readAllBytes(path()));
  }

  @Test
  void wrongUseOfTheWriterIsRefused() {
    var writer = new NpzWriter().put("a", new int[2], 2);
    assertThrows(IllegalArgumentException.class, () -> writer.put("a", new int[2], 2));
    assertThrows(IllegalArgumentException.class, () -> writer.put("b", new int[2], 3));
    assertThrows(
        IllegalArgumentException.class, () -> writer.put("b", new float[][] {{1}, {1, 2}}));
    assertThrows(IllegalArgumentException.class, () -> writer.put("b", new int[][] {{}, {2}}));
  }

  @Test
  void zip64ArchivesAreRead() {
    for (boolean deflated : new boolean[] {false, true}) {
      ZipBytes zip = archive(deflated);
      zip.zip64 = true;
      assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, open(zip).get("a").bytes());
      zip.comment = "a comment that holds PK\005\006 and no end";
      assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, open(zip).get("a").bytes());
    }
  }

  @Test
  void largeDeflatedMembersAreInflatedOnce() throws IOException {
    ZipBytes zip = archive(true);
    zip.add("large.npy", npy(large(0)), true);
    assertArrayEquals(large(0), open(zip).get("large").bytes());
    List<Path> files = cached();
    assertEquals(1, files.size());
    assertEquals(npy(large(0)).length, Files.size(files.get(0)));
    FileTime written = FileTime.from(Instant.ofEpochSecond(1_000_000));
    Files.setLastModifiedTime(files.get(0), written);
    assertArrayEquals(large(0), open().get("large").bytes());
    assertEquals(written, Files.getLastModifiedTime(files.get(0)));
  }

  @Test
  void anArchiveThatChangedIsInflatedAnewAndItsOldArraysDeleted() throws IOException {
    ZipBytes zip = new ZipBytes();
    zip.add("large.npy", npy(large(0)), true);
    open(zip).get("large");
    Path stale = cached().get(0);
    Path abandoned = stale.resolveSibling(".x.npy.1.part");
    Files.write(abandoned, new byte[10]);
    Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minusSeconds(200_000)));
    ZipBytes changed = new ZipBytes();
    changed.add("large.npy", npy(large(1)), true);
    Files.write(path(), changed.build());
    Files.setLastModifiedTime(path(), FileTime.from(Instant.now().plusSeconds(10)));
    assertArrayEquals(large(1), open().get("large").bytes());
    assertEquals(1, cached().size());
    assertFalse(Files.exists(stale));
  }

  @Test
  void aCutFileOfTheCacheIsReplaced() throws IOException {
    ZipBytes zip = new ZipBytes();
    zip.add("large.npy", npy(large(0)), true);
    open(zip).get("large");
    Files.write(cached().get(0), new byte[10]);
    assertArrayEquals(large(0), open().get("large").bytes());
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamed() throws IOException {
    Files.write(cache(), new byte[1]);
    ZipBytes zip = new ZipBytes();
    zip.add("a.npy", npy(large(0)), true);
    assertRefused("set OMNIRAD_CACHE to another folder", zip);
  }

  @Test
  void aMemberLargerThanTheDiskIsNotUnpacked() throws IOException {
    ZipBytes zip = new ZipBytes();
    ZipBytes.Member member = zip.add("a.npy", npy(large(0)), true);
    zip.zip64 = true;
    // The ratio is made harmless by a claim that is wrong only once the member is reached.
    member.size = 1L << 45;
    Files.write(path(), zip.build());
    MappedBytes bytes = MappedBytes.of(path());
    var cache = new MemberCache(bytes, cache());
    assertRefused("MiB are needed", () -> cache.open(ZipDirectory.read(bytes).get(0)));
    assertTrue(cached().isEmpty());
  }

  @Test
  void anInterruptStopsTheInflatingAndLeavesNothing() throws IOException {
    ZipBytes zip = new ZipBytes();
    zip.add("a.npy", npy(large(0)), true);
    NpzFile file = open(zip);
    Thread.currentThread().interrupt();
    try {
      assertThrows(CancellationException.class, () -> file.get("a"));
    } finally {
      Thread.interrupted();
    }
    assertTrue(cached().isEmpty());
    assertArrayEquals(large(0), file.get("a").bytes());
  }

  @Test
  void missingArraysAreAnsweredWithWhatThereIs() {
    new NpzWriter().put("train_images", new int[1], 1).put("ids", List.of()).write(path());
    NpzFile file = open().expectNames("ids", "train_images");
    assertFalse(file.contains("test_images"));
    assertRefused(
        "there is no array 'train_image'. The nearest of the file's 2: train_images.",
        () -> file.get("train_image"));
    assertRefused(
        "there is no array 'a', 'b'. The file holds ids, train_images.",
        () -> file.expectNames("b", "ids", "a"));
  }

  @Test
  void cutArchivesAreRefused() throws IOException {
    byte[] good = archive(true).build();
    for (int length = 0; length < good.length; length++) {
      Files.write(path(), Arrays.copyOf(good, length));
      assertRefused("", this::open);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../a.npy",
        "b/../../a.npy",
        "/etc/a.npy",
        "..\\a.npy",
        "C:/a.npy",
        "\u0000.npy",
        ""
      })
  void namesThatLeadOutOfTheArchiveAreRefused(String name) {
    ZipBytes zip = archive(false);
    zip.add(name, npy(new byte[1]), false);
    assertRefused("leads out of the archive", zip);
  }

  @Test
  void membersThatShareANameOrPlaceAreRefused() {
    ZipBytes twice = archive(false);
    twice.add("a.npy", npy(new byte[1]), false);
    assertRefused("two members are called 'a.npy'", twice);

    ZipBytes overlap = new ZipBytes();
    ZipBytes inner = new ZipBytes();
    inner.add("b.npy", npy(new byte[1]), false);
    ZipBytes.Member outer = overlap.add("a.npy", npy(inner.build()), false);
    int header = 30 + outer.name.length() + 20;
    overlap.add("b.npy", npy(new byte[1]), false).offset = (long) header + npy(new byte[0]).length;
    assertRefused("member 'b.npy' overlaps another", overlap);

    ZipBytes same = archive(false);
    same.add("b.npy", npy(new byte[1]), false).offset = 0L;
    assertRefused("does not begin where the directory says", same);
  }

  @Test
  void directoriesThatDoNotFitAreRefused() {
    ZipBytes more = archive(false);
    more.entries = 2;
    assertRefused("the archive has 1 members, its end says 2", more);
    ZipBytes outside = archive(false);
    outside.directoryOffset = 1L << 20;
    assertRefused("stands outside", outside);
    ZipBytes shifted = archive(false);
    shifted.directoryOffset = 3L;
    assertRefused("directory is damaged", shifted);
    for (long wrong : new long[] {Long.MIN_VALUE, 1L << 60, Long.MAX_VALUE}) {
      ZipBytes directory = archive(false);
      directory.zip64 = true;
      directory.directoryOffset = wrong;
      assertRefused("stands outside", directory);
      ZipBytes member = archive(false);
      member.zip64 = true;
      member.members.get(0).offset = wrong;
      assertRefused("directory is cut", member);
      ZipBytes sized = archive(true);
      sized.zip64 = true;
      sized.members.get(0).compressedSize = wrong;
      assertRefused(wrong < 0 ? "impossible" : "is cut or reaches", sized);
    }
  }

  @Test
  void sizesThatLieAreRefused() {
    ZipBytes stored = archive(false);
    stored.members.get(0).size++;
    assertRefused("sizes of member 'a.npy' are impossible", stored);
    for (long wrong : new long[] {-1, 1, 2_000_000}) {
      ZipBytes deflated = archive(true);
      deflated.members.get(0).size += wrong;
      assertRefused(wrong < 0 ? "is larger than" : "declares", deflated);
    }
    ZipBytes longer = archive(true);
    ZipBytes.Member member = longer.members.get(0);
    member.bytes = Arrays.copyOf(member.bytes, member.bytes.length + 3);
    member.compressedSize += 3;
    assertRefused("declares 136 bytes and has 136", longer);
    ZipBytes shorter = archive(true);
    shorter.members.get(0).compressedSize -= 3;
    assertRefused("is cut", shorter);
  }

  @Test
  void damagedBytesAreFoundByTheirCrc() {
    for (boolean deflated : new boolean[] {false, true}) {
      ZipBytes zip = archive(deflated);
      zip.members.get(0).crc ^= 1;
      assertRefused("CRC", zip);
    }
    ZipBytes zip = new ZipBytes();
    zip.add("a.npy", npy(large(0)), true).crc ^= 1;
    assertRefused("CRC", zip);
  }

  @Test
  void encryptedAndOtherMethodsAreRefused() {
    ZipBytes encrypted = archive(true);
    encrypted.members.get(0).flags = 1;
    assertRefused("is encrypted", encrypted);
    ZipBytes bzip = archive(true);
    bzip.members.get(0).method = 12;
    assertRefused("compressed by method 12", bzip);
  }

  @Test
  void aZipBombIsRefusedBeforeItIsUnpacked() throws IOException {
    ZipBytes zip = new ZipBytes();
    ZipBytes.Member member = zip.add("a.npy", npy(new byte[LARGE]), true);
    zip.zip64 = true;
    member.size = 1L << 40;
    Files.write(path(), zip.build());
    assertRefused("looks like a zip bomb", this::open);
    member.size = Long.MAX_VALUE;
    zip.add("b.npy", npy(new byte[LARGE]), true).size = Long.MAX_VALUE;
    assertRefused("looks like a zip bomb", zip);
    assertTrue(cached().isEmpty());
  }

  @Test
  void membersThatAreNoArraysAreLeftAlone() {
    ZipBytes zip = archive(true);
    zip.add("folder/", new byte[0], false);
    zip.add("read.me", new byte[10], false);
    zip.add("folder/b.npy", npy(new byte[1]), false);
    zip.add("c.npy", new byte[10], false);
    NpzFile file = open(zip);
    assertEquals(List.of("a", "c", "folder/b"), List.copyOf(file.names()));
    assertEquals(1, file.get("folder/b").size());
    assertRefused("does not begin as an npy array", () -> file.get("c"));
  }

  @Test
  void theOfficialFileIsRead() throws IOException {
    String data = System.getenv("OMNIRAD_DATA");
    org.junit.jupiter.api.Assumptions.assumeTrue(data != null, "OMNIRAD_DATA is not set");
    Path official;
    try (Stream<Path> files = Files.walk(Path.of(data))) {
      official = files.filter(f -> f.endsWith("breastmnist.npz")).findFirst().orElseThrow();
    }
    NpzFile file = NpzFile.open(official, cache());
    assertEquals(6, file.names().size());
    NpyArray images = file.get("train_images").expectType(NpyType.UINT8).expectShape(546, 28, 28);
    long sum = 0;
    for (byte b : images.bytes()) {
      sum += Byte.toUnsignedInt(b);
    }
    assertEquals(35_757_482, sum, "as numpy sums it");
    assertEquals(399, Arrays.stream(file.get("train_labels").ints()).sum());
  }
}
