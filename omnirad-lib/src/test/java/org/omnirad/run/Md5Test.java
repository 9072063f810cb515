package org.omnirad.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Md5Test {

  @TempDir Path folder;

  @Test
  void ofATextAndOfAFile() throws IOException {
    // RFC 1321, appendix A.5.
    assertEquals("d41d8cd98f00b204e9800998ecf8427e", Md5.of(""));
    assertEquals("900150983cd24fb0d6963f7d28e17f72", Md5.of("abc"));
    Path file = Files.writeString(folder.resolve("file"), "abc");
    assertEquals("900150983cd24fb0d6963f7d28e17f72", Md5.of(file));
    assertThrows(UncheckedIOException.class, () -> Md5.of(folder.resolve("none")));
  }
}
