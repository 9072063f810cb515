package org.omnirad.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrays far beyond the heap are read at random. */
class LargeArrayTest {

  private static final int ROWS = 1 << 14;
  private static final long DATA_BYTES = (long) ROWS * ShuffledReads.ROW_BYTES;

  @TempDir Path folder;

  private static byte[] header() {
    String text =
        "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 256, 256), }".formatted(ROWS);
    return ("\u0093NUMPY\u0001\0v\0" + text + " ".repeat(117 - text.length()) + "\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private Path write(boolean deflated) throws IOException {
    Path path = folder.resolve(deflated ? "deflated.npz" : "stored.npz");
    try (var zip =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(path), 1 << 16))) {
      zip.setLevel(Deflater.BEST_SPEED);
      var entry = new ZipEntry("train_images.npy");
      if (!deflated) {
        describeStored(entry);
      }
      zip.putNextEntry(entry);
      zip.write(header());
      for (int i = 0; i < ROWS; i++) {
        zip.write(ShuffledReads.row(i));
      }
      zip.closeEntry();
    }
    return path;
  }

  private static void describeStored(ZipEntry entry) {
    var crc = new CRC32();
    crc.update(header());
    for (int i = 0; i < ROWS; i++) {
      crc.update(ShuffledReads.row(i));
    }
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(header().length + DATA_BYTES);
    entry.setCrc(crc.getValue());
  }

  private void readInSmallHeap(Path archive) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-Domnirad.progress=off",
            "-cp",
            System.getProperty("java.class.path"),
            ShuffledReads.class.getName(),
            archive.toString(),
            folder.resolve("cache").toString());
    var outcome = Repository.run(folder, Map.of(), Duration.ofMinutes(5), command);
    assertEquals(0, outcome.exitCode(), outcome.output());
    assertTrue(
        outcome.output().contains("1310720000 of " + DATA_BYTES + " bytes, heap 268435456"),
        outcome.output());
  }

  @Test
  void aDeflatedMemberOfOneGibibyteIsReadShuffledInASmallHeap() throws IOException {
    Path archive = write(true);
    assertTrue(Files.size(archive) < DATA_BYTES / 20);
    readInSmallHeap(archive);
    try (var files = Files.walk(folder.resolve("cache"))) {
      List<Path> inflated = files.filter(Files::isRegularFile).toList();
      assertEquals(1, inflated.size());
      assertEquals(header().length + DATA_BYTES, Files.size(inflated.get(0)));
    }
  }

  @Test
  void aStoredMemberOfOneGibibyteIsReadWhereItStands() throws IOException {
    readInSmallHeap(write(false));
    assertTrue(Files.notExists(folder.resolve("cache")));
  }
}
