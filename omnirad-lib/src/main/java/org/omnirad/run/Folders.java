package org.omnirad.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where files are looked for and kept.
 *
 * @param data the user's own data, never written to; empty where {@code OMNIRAD_DATA} is not set
 * @param cache what is downloaded or computed once; may not exist yet
 */
public record Folders(Optional<Path> data, Path cache) {

  /**
   * The folders that {@code OMNIRAD_DATA} and {@code OMNIRAD_CACHE} name. Without the latter the
   * cache is {@code omnirad} in the user's cache folder: {@code XDG_CACHE_HOME} or {@code ~/.cache}
   * on Linux, {@code ~/Library/Caches} on macOS, {@code LOCALAPPDATA} on Windows.
   *
   * @throws InputException where {@code OMNIRAD_DATA} names no folder
   */
  public static Folders fromEnvironment() {
    return of(
        System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
  }

  static Folders of(Map<String, String> environment, String os, Path home) {
    Optional<Path> data = path(environment, "OMNIRAD_DATA");
    if (data.isPresent() && !Files.isDirectory(data.get())) {
      throw new InputException(
          "OMNIRAD_DATA is '" + data.get() + "', which is no folder.",
          "Set it to the folder that holds your data, or unset it.");
    }
    Path cache =
        path(environment, "OMNIRAD_CACHE")
            .orElseGet(() -> userCache(environment, os, home).resolve("omnirad"));
    return new Folders(data, cache);
  }

  private static Path userCache(Map<String, String> environment, String os, Path home) {
    String system = os.toLowerCase(Locale.ROOT);
    if (system.startsWith("windows")) {
      return path(environment, "LOCALAPPDATA").orElse(home.resolve("AppData").resolve("Local"));
    }
    if (system.startsWith("mac")) {
      return home.resolve("Library").resolve("Caches");
    }
    // The XDG specification says to ignore relative paths.
    return Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
        .filter(value -> value.startsWith("/"))
        .map(Path::of)
        .orElse(home.resolve(".cache"));
  }

  private static Optional<Path> path(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .filter(value -> !value.isBlank())
        .map(value -> Path.of(value).toAbsolutePath().normalize());
  }
}
