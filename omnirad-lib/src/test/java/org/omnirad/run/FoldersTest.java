package org.omnirad.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {

  private static final Path HOME = Path.of("/home/ada");

  @TempDir Path folder;

  @Test
  void theEnvironmentNamesBothFolders() {
    var folders =
        Folders.of(
            Map.of("OMNIRAD_DATA", folder.toString(), "OMNIRAD_CACHE", "/big/cache"),
            "Linux",
            HOME);
    assertEquals(new Folders(Optional.of(folder), Path.of("/big/cache")), folders);
  }

  @Test
  void theCacheLiesWhereTheSystemKeepsCaches() {
    assertEquals(HOME.resolve(".cache/omnirad"), cache(Map.of(), "Linux"));
    assertEquals(
        Path.of("/x/omnirad"),
        cache(Map.of("XDG_CACHE_HOME", "/x", "OMNIRAD_CACHE", " "), "Linux"));
    assertEquals(
        HOME.resolve(".cache/omnirad"), cache(Map.of("XDG_CACHE_HOME", "relative"), "Linux"));
    assertEquals(HOME.resolve("Library/Caches/omnirad"), cache(Map.of(), "Mac OS X"));
    assertEquals(Path.of("/local/omnirad"), cache(Map.of("LOCALAPPDATA", "/local"), "Windows 11"));
    assertEquals(HOME.resolve("AppData/Local/omnirad"), cache(Map.of(), "Windows 11"));
  }

  @Test
  void aDataFolderThatDoesNotExistIsRefused() {
    var refused =
        assertThrows(
            InputException.class,
            () -> Folders.of(Map.of("OMNIRAD_DATA", "/no/such/folder"), "Linux", HOME));
    assertTrue(refused.getMessage().startsWith("OMNIRAD_DATA is '/no/such/folder'"));
  }

  private static Path cache(Map<String, String> environment, String os) {
    return Folders.of(environment, os, HOME).cache();
  }
}
