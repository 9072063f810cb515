package org.omnirad.data;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.omnirad.run.InputException;

/**
 * Where hub files come from and go to, by the environment variables of Python's huggingface_hub.
 *
 * @param endpoint the address of the hub, without a slash at its end
 * @param cache the folder of cached repositories
 * @param offline whether only cached files are used
 * @param links whether snapshots are symbolic links to blobs, or copies
 * @param token the access token, where there is one
 */
record HubSettings(
    URI endpoint, Path cache, boolean offline, boolean links, Optional<String> token) {

  /** The settings of an environment: {@code HF_HOME}, {@code HF_ENDPOINT} and so on. */
  static HubSettings of(Map<String, String> environment, Path home) {
    Path caches =
        value(environment, "XDG_CACHE_HOME")
            .map(text -> path(text, home))
            .orElse(home.resolve(".cache"));
    Path hub =
        value(environment, "HF_HOME")
            .map(text -> path(text, home))
            .orElse(caches.resolve("huggingface"));
    Path cache =
        value(environment, "HF_HUB_CACHE")
            .or(() -> value(environment, "HUGGINGFACE_HUB_CACHE"))
            .map(text -> path(text, home))
            .orElse(hub.resolve("hub"));
    Path tokenFile =
        value(environment, "HF_TOKEN_PATH")
            .map(text -> path(text, home))
            .orElse(hub.resolve("token"));
    Optional<String> token =
        value(environment, "HF_TOKEN")
            .or(() -> value(environment, "HUGGING_FACE_HUB_TOKEN"))
            .or(() -> read(tokenFile));
    if (isTrue(environment, "HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
      token = Optional.empty();
    }
    return new HubSettings(
        endpoint(value(environment, "HF_ENDPOINT").orElse("https://huggingface.co")),
        cache,
        isTrue(environment, "HF_HUB_OFFLINE"),
        !isTrue(environment, "HF_HUB_DISABLE_SYMLINKS"),
        token);
  }

  private static URI endpoint(String text) {
    try {
      URI uri = URI.create(text.replaceFirst("/+$", ""));
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw notAnAddress(text);
    }
    throw notAnAddress(text);
  }

  private static InputException notAnAddress(String text) {
    return new InputException(
        "HF_ENDPOINT is '" + text + "', which is no web address.",
        "Set it to one such as https://huggingface.co, or unset it.");
  }

  private static Optional<String> read(Path tokenFile) {
    try {
      return Files.exists(tokenFile)
          ? Optional.of(Files.readString(tokenFile).strip()).filter(text -> !text.isEmpty())
          : Optional.empty();
    } catch (IOException e) {
      throw InputException.of(
          tokenFile, "cannot be read (" + e.getMessage() + ").", "Set HF_TOKEN instead.", e);
    }
  }

  private static Path path(String text, Path home) {
    Path path =
        text.equals("~") || text.startsWith("~/")
            ? home.resolve(text.replaceFirst("^~/?", ""))
            : Path.of(text);
    return path.toAbsolutePath().normalize();
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  private static boolean isTrue(Map<String, String> environment, String name) {
    return value(environment, name)
        .filter(v -> List.of("1", "ON", "YES", "TRUE").contains(v.toUpperCase(Locale.ROOT)))
        .isPresent();
  }
}
