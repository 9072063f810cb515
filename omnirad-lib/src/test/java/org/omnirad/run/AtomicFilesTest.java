package org.omnirad.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

  @TempDir Path folder;

  @Test
  void aFileIsWrittenWholeOrNotAtAll() throws IOException {
    Path file = folder.resolve("new/result.txt");
    AtomicFiles.write(file, out -> out.write("first".getBytes(UTF_8)));
    assertThrows(
        UncheckedIOException.class,
        () ->
            AtomicFiles.write(
                file,
                out -> {
                  out.write("half".getBytes(UTF_8));
                  throw new IOException("No space left on device");
                }));
    assertEquals("first", Files.readString(file));
    AtomicFiles.write(file, out -> out.write("second".getBytes(UTF_8)));
    assertEquals("second", Files.readString(file));
    try (var files = Files.list(file.getParent())) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void aFileHasTheRightsOfAnyOther() throws IOException {
    Path file = folder.resolve("atomic");
    AtomicFiles.write(file, out -> out.write(1));
    Path other = Files.createFile(folder.resolve("other"));
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      assertEquals(Files.getPosixFilePermissions(other), Files.getPosixFilePermissions(file));
    }
    assertEquals(Files.getOwner(other), Files.getOwner(file));
  }
}
