package org.omnirad.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;

/**
 * Files of model repositories on the Hugging Face hub, or on a server that answers like it. They
 * lie in the cache folder that Python's huggingface_hub uses, in its layout, so that each finds
 * what the other fetched.
 *
 * <pre>
 *   models--owner--name/blobs/ETAG                    the content
 *   models--owner--name/snapshots/COMMIT/path/file    a link to it
 *   models--owner--name/refs/main                     the commit that a branch or tag was at
 * </pre>
 *
 * <p>The environment variables {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_ENDPOINT}, {@code
 * HF_HUB_OFFLINE}, {@code HF_TOKEN}, {@code HF_TOKEN_PATH} and {@code HF_HUB_DISABLE_SYMLINKS} mean
 * what they mean there.
 */
public final class HubFiles {

  private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9._-]*";
  private static final Pattern REPO = Pattern.compile(NAME + "(/" + NAME + ")?");
  private static final Pattern REVISION = Pattern.compile(NAME + "(/" + NAME + ")*");
  private static final Pattern FILE = Pattern.compile("[^/\\\\:*?\"<>|\\x00-\\x1f]+");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  private final HubSettings settings;
  private final Download download;

  HubFiles(HubSettings settings, Download download) {
    this.settings = settings;
    this.download = download;
  }

  /** The hub and cache folder that the environment names. */
  public static HubFiles fromEnvironment() {
    return new HubFiles(
        HubSettings.of(System.getenv(), Path.of(System.getProperty("user.home"))),
        Download.defaults());
  }

  /** What the hub says of a file. */
  private record Metadata(String commit, String etag, OptionalLong size) {

    /** Large files are named by their SHA-256, small ones by their git blob id. */
    Optional<Checksum> checksum() {
      return SHA_256.matcher(etag).matches()
          ? Optional.of(new Checksum(Checksum.Kind.SHA_256, etag))
          : COMMIT.matcher(etag).matches()
              ? Optional.of(new Checksum(Checksum.Kind.GIT_BLOB, etag))
              : Optional.empty();
    }
  }

  /** A hub that does not answer: what is cached may serve instead. */
  private static final class Unreachable extends Exception {
    private static final long serialVersionUID = 1;

    Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The validated address of a file. */
  private record Address(String repo, String revision, String file) {
    Address {
      check("repository", repo, REPO.matcher(repo).matches() && !repo.contains("--"));
      check("revision", revision, REVISION.matcher(revision).matches());
      check(
          "file",
          file,
          List.of(file.split("/", -1)).stream()
              .allMatch(part -> FILE.matcher(part).matches() && !part.matches("\\.+")));
    }

    private static void check(String what, String value, boolean valid) {
      if (!valid || value.contains("..")) {
        throw new InputException(
            "The %s '%s' is no name on the hub.".formatted(what, value),
            "Use hf:owner/name, a branch, tag or commit, and a path inside the repository.");
      }
    }

    @Override
    public String toString() {
      return "hf:%s, revision %s, file %s".formatted(repo, revision, file);
    }
  }

  /**
   * The path of one file in the cache; fetched first where it is not there or has changed on the
   * hub. Where the hub does not answer, the file cached last for that revision serves.
   *
   * @param repo owner and name, such as "Snarcy/OmniRad-small"
   * @param revision a branch, tag or commit, such as "main"
   * @param file a path inside the repository, such as "config.json"
   * @throws InputException where the file does not exist, may not be read, arrives damaged, or
   *     neither the hub nor the cache has it
   * @throws java.util.concurrent.CancellationException where the thread is interrupted; what has
   *     come is kept and continued
   */
  public Path fetch(String repo, String revision, String file) {
    var address = new Address(repo, revision, file);
    Optional<Path> cached = cached(address);
    if (cached.isPresent() && (settings.offline() || COMMIT.matcher(revision).matches())) {
      return cached.get();
    }
    if (settings.offline()) {
      throw new InputException(
          "%s is not in %s, and HF_HUB_OFFLINE is set.".formatted(address, settings.cache()),
          "Unset HF_HUB_OFFLINE, or copy the folder %s from a machine that has it."
              .formatted(folder(address).getFileName()));
    }
    Metadata metadata;
    try {
      metadata = ask(address);
    } catch (Unreachable e) {
      return cached.orElseThrow(() -> unreachable(address, e));
    }
    return keep(address, metadata);
  }

  private InputException unreachable(Address address, Unreachable e) {
    return InputException.of(
        settings.cache(),
        "%s is not cached, and %s %s.".formatted(address, settings.endpoint(), e.getMessage()),
        "Check the network, HTTPS_PROXY and HF_ENDPOINT, or copy the folder %s from a machine that has it."
            .formatted(folder(address).getFileName()),
        e);
  }

  private Path folder(Address address) {
    return settings.cache().resolve("models--" + address.repo.replace("/", "--"));
  }

  private Optional<Path> cached(Address address) {
    return commit(address).map(commit -> pointer(address, commit)).filter(Files::exists);
  }

  private Path pointer(Address address, String commit) {
    return folder(address).resolve("snapshots").resolve(commit).resolve(address.file);
  }

  private Path ref(Address address) {
    return folder(address).resolve("refs").resolve(address.revision);
  }

  private Optional<String> commit(Address address) {
    if (COMMIT.matcher(address.revision).matches()) {
      return Optional.of(address.revision);
    }
    try {
      Path ref = ref(address);
      return Files.isRegularFile(ref)
          ? Optional.of(Files.readString(ref).strip()).filter(c -> COMMIT.matcher(c).matches())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Download.Source source(Address address, String revision, Metadata metadata) {
    URI url =
        URI.create(
            "%s/%s/resolve/%s/%s"
                .formatted(
                    settings.endpoint(),
                    address.repo,
                    encode(revision),
                    String.join(
                        "/",
                        List.of(address.file.split("/", -1)).stream()
                            .map(HubFiles::encode)
                            .toList())));
    return new Download.Source(
        address.file,
        url,
        settings.token().map(token -> Map.of("Authorization", "Bearer " + token)).orElse(Map.of()),
        metadata == null ? OptionalLong.empty() : metadata.size,
        metadata == null ? Optional.empty() : metadata.checksum(),
        "Try again; where it persists, get the file in a browser and give its path.");
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Metadata ask(Address address) throws Unreachable {
    Download.Source source = source(address, address.revision, null);
    HttpClient client = download.client();
    HttpResponse<?> response;
    try {
      response = download.send(client, source, "HEAD", Map.of(), false);
    } catch (IOException e) {
      throw new Unreachable("does not answer (" + Download.reason(e) + ")", e);
    } finally {
      client.shutdownNow();
    }
    int status = response.statusCode();
    if (status >= 500 || status == 429) {
      throw new Unreachable("answers HTTP " + status, null);
    }
    if (status != 200 && !Download.isRedirect(response)) {
      throw refused(address, source, response);
    }
    return metadata(source, response.headers());
  }

  private static Metadata metadata(Download.Source source, HttpHeaders headers) {
    String commit = headers.firstValue("X-Repo-Commit").orElse("");
    String etag =
        headers
            .firstValue("X-Linked-Etag")
            .or(() -> headers.firstValue("ETag"))
            .orElse("")
            .replaceFirst("^W/", "")
            .replace("\"", "");
    if (!COMMIT.matcher(commit).matches() || !ETAG.matcher(etag).matches()) {
      throw new InputException(
          "%s: the server does not answer as the Hugging Face hub does: X-Repo-Commit is '%s', ETag '%s'."
              .formatted(source.url(), commit, etag),
          "Check HF_ENDPOINT, and whether a proxy answers in its place.");
    }
    OptionalLong size = headers.firstValueAsLong("X-Linked-Size");
    boolean redirected = headers.firstValue("Location").isPresent();
    return new Metadata(
        commit,
        etag,
        size.isPresent() || redirected ? size : headers.firstValueAsLong("Content-Length"));
  }

  private InputException refused(
      Address address, Download.Source source, HttpResponse<?> response) {
    String page = settings.endpoint() + "/" + address.repo;
    int status = response.statusCode();
    String code = response.headers().firstValue("X-Error-Code").orElse("");
    String token =
        settings.token().isPresent()
            ? "The token that was sent does not allow it: check HF_TOKEN."
            : "Set HF_TOKEN to an access token.";
    return switch (code.isEmpty() ? "" + status : code) {
      case "EntryNotFound" ->
          new InputException(
              address + ": the repository has no such file (HTTP 404).",
              "See " + page + "/tree/" + address.revision + ".");
      case "RevisionNotFound" ->
          new InputException(
              address + ": the repository has no such revision (HTTP 404).",
              "Use main, or a branch, tag or commit of " + page + ".");
      case "GatedRepo", "403" ->
          new InputException(
              "%s: access is restricted (HTTP %d).".formatted(address, status),
              "Accept the terms on " + page + ". " + token);
      case "RepoNotFound", "401", "404" ->
          new InputException(
              "%s: there is no such repository, or it is private (HTTP %d)."
                  .formatted(address, status),
              "Check the name on " + page + ". " + token);
      default -> source.failure(Download.meaning(status), null);
    };
  }

  private Path keep(Address address, Metadata metadata) {
    Path pointer = pointer(address, metadata.commit);
    try {
      if (!Files.exists(pointer)) {
        Path folder = folder(address);
        Path blob = folder.resolve("blobs").resolve(metadata.etag);
        Path lock =
            settings
                .cache()
                .resolve(".locks")
                .resolve(folder.getFileName())
                .resolve(metadata.etag + ".lock");
        download.fetch(source(address, metadata.commit, metadata), blob, lock);
        link(pointer, blob);
      }
      if (!address.revision.equals(metadata.commit)) {
        AtomicFiles.write(
            ref(address), out -> out.write(metadata.commit.getBytes(StandardCharsets.US_ASCII)));
      }
      return pointer;
    } catch (IOException | UncheckedIOException e) {
      throw InputException.of(
          pointer,
          "cannot be written (" + e.getMessage() + ").",
          "Set HF_HOME to a folder that can.",
          e);
    }
  }

  private void link(Path pointer, Path blob) throws IOException {
    Files.createDirectories(pointer.getParent());
    Files.deleteIfExists(pointer); // A link whose blob was deleted.
    if (settings.links()) {
      try {
        Files.createSymbolicLink(pointer, pointer.getParent().relativize(blob));
        return;
      } catch (UnsupportedOperationException | FileSystemException e) {
        // Windows lets only some users make links; another process may also have been faster.
        if (Files.exists(pointer)) {
          return;
        }
      }
    }
    AtomicFiles.write(pointer, out -> Files.copy(blob, out));
  }
}
