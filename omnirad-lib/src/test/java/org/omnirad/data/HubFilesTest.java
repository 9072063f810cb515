package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnirad.run.InputException;

/** Against two local servers that answer as the hub and its content network do. */
@Timeout(60)
class HubFilesTest {

  private static final String REPO = "Snarcy/OmniRad-small";
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final byte[] CONFIG = "{\"depth\": 12}\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] WEIGHTS = new byte[200_000];

  static {
    new SplittableRandom(1).nextBytes(WEIGHTS);
  }

  @TempDir Path folder;
  private FileServer hub;
  private FileServer content;
  private final Map<String, String> environment = new HashMap<>();
  private String commit = COMMIT;

  @BeforeEach
  void start() throws IOException {
    hub = new FileServer();
    content = new FileServer();
    environment.put("HF_HOME", folder.toString());
    environment.put("HF_ENDPOINT", hub.url("/").toString());
    content.serve("/blob", WEIGHTS);
    for (String revision : List.of("main", COMMIT, "2".repeat(40))) {
      serveSmall(resolve(revision, "config.json"), CONFIG, gitBlob(CONFIG));
      serveLarge(resolve(revision, "model.safetensors"), WEIGHTS, sha256(WEIGHTS));
    }
  }

  @AfterEach
  void stop() {
    hub.close();
    content.close();
  }

  @Test
  void aSmallFileIsCachedAsPythonDoes() throws IOException {
    Path file = files().fetch(REPO, "main", "config.json");
    Path repo = folder.resolve("hub/models--Snarcy--OmniRad-small");
    assertEquals(repo.resolve("snapshots").resolve(COMMIT).resolve("config.json"), file);
    assertArrayEquals(CONFIG, Files.readAllBytes(file));
    assertEquals(COMMIT, Files.readString(repo.resolve("refs/main")));
    assertEquals(Path.of("../../blobs").resolve(gitBlob(CONFIG)), Files.readSymbolicLink(file));
    assertTrue(Files.isRegularFile(repo.resolve("blobs").resolve(gitBlob(CONFIG))));
    assertEquals(List.of("HEAD", "GET"), methods(hub));
    assertTrue(hub.requests().get(1).path().contains("/resolve/" + COMMIT + "/"));
    files().fetch(REPO, "main", "config.json");
    assertEquals(List.of("HEAD", "GET", "HEAD"), methods(hub));
  }

  @Test
  void theGitBlobIdIsGits() throws IOException {
    Path file = Files.writeString(folder.resolve("hello"), "hello\n");
    // printf 'hello\n' | git hash-object --stdin
    assertEquals("ce013625030ba8dba906f756967f9e9ca394464a", Checksum.Kind.GIT_BLOB.of(file));
  }

  @Test
  void aLargeFileComesFromAnotherHostThatSeesNoToken() throws IOException {
    environment.put("HF_TOKEN", "hf_secret");
    Path file = files().fetch(REPO, "main", "model.safetensors");
    assertArrayEquals(WEIGHTS, Files.readAllBytes(file));
    assertEquals(sha256(WEIGHTS), file.toRealPath().getFileName().toString());
    for (var request : hub.requests()) {
      assertEquals("Bearer hf_secret", request.headers().getFirst("Authorization"));
    }
    assertEquals(List.of("GET"), methods(content));
    assertNull(content.requests().get(0).headers().getFirst("Authorization"));
  }

  @Test
  void aRenamedRepositoryIsFollowed() throws IOException {
    environment.put("HF_TOKEN", "hf_secret");
    hub.answer(
        "/Old/Name/resolve/main/config.json",
        exchange -> {
          exchange.getResponseHeaders().set("Location", resolve("main", "config.json"));
          exchange.sendResponseHeaders(307, -1);
        });
    hub.answer(
        "/Old/Name/resolve/" + COMMIT + "/config.json",
        exchange -> {
          exchange.getResponseHeaders().set("Location", resolve(COMMIT, "config.json"));
          exchange.sendResponseHeaders(307, -1);
        });
    Path file = files().fetch("Old/Name", "main", "config.json");
    assertTrue(file.startsWith(folder.resolve("hub/models--Old--Name")), file.toString());
    assertArrayEquals(CONFIG, Files.readAllBytes(file));
    for (var request : hub.requests()) {
      assertEquals("Bearer hf_secret", request.headers().getFirst("Authorization"));
    }
  }

  @Test
  void aBranchThatMovedGivesTheNewSnapshotAndKeepsTheOld() throws IOException {
    Path old = files().fetch(REPO, "main", "model.safetensors");
    commit = "2".repeat(40);
    Path moved = files().fetch(REPO, "main", "model.safetensors");
    assertTrue(moved.toString().contains(commit), moved.toString());
    assertArrayEquals(WEIGHTS, Files.readAllBytes(moved));
    assertTrue(Files.exists(old));
    assertEquals(1, content.requests().size(), "the same content is not fetched twice");
  }

  @Test
  void aCachedCommitNeedsNoRequest() throws IOException {
    Path first = files().fetch(REPO, COMMIT, "config.json");
    int asked = hub.requests().size();
    assertEquals(first, files().fetch(REPO, COMMIT, "config.json"));
    assertEquals(asked, hub.requests().size());
    assertFalse(Files.exists(folder.resolve("hub/models--Snarcy--OmniRad-small/refs")));
  }

  @Test
  void withoutAHubTheCacheServes() throws IOException {
    Path file = files().fetch(REPO, "main", "config.json");
    hub.close();
    assertEquals(file, files().fetch(REPO, "main", "config.json"));
    var e =
        assertThrows(InputException.class, () -> files().fetch(REPO, "main", "model.safetensors"));
    assertTrue(e.getMessage().contains("is not cached, and http://127.0.0.1"), e.getMessage());
    assertTrue(e.getMessage().contains("models--Snarcy--OmniRad-small"), e.getMessage());
  }

  @Test
  void aHubInTroubleIsLikeNone() throws IOException {
    Path file = files().fetch(REPO, "main", "config.json");
    try (var broken = new FileServer()) {
      broken.status("/", 503);
      environment.put("HF_ENDPOINT", broken.url("").toString());
      assertEquals(file, files().fetch(REPO, "main", "config.json"));
      var e = assertThrows(InputException.class, () -> files().fetch(REPO, "v2", "config.json"));
      assertTrue(e.getMessage().contains("answers HTTP 503"), e.getMessage());
    }
  }

  @Test
  void offlineAsksNobody() {
    environment.put("HF_HUB_OFFLINE", "1");
    var e = assertThrows(InputException.class, () -> files().fetch(REPO, "main", "config.json"));
    assertTrue(e.getMessage().contains("HF_HUB_OFFLINE is set"), e.getMessage());
    assertTrue(e.getMessage().contains(folder.resolve("hub").toString()), e.getMessage());
    environment.remove("HF_HUB_OFFLINE");
    Path file = files().fetch(REPO, "main", "config.json");
    int asked = hub.requests().size();
    environment.put("HF_HUB_OFFLINE", "true");
    assertEquals(file, files().fetch(REPO, "main", "config.json"));
    assertEquals(asked, hub.requests().size());
  }

  @ParameterizedTest
  @CsvSource({
    "404, EntryNotFound, has no such file",
    "404, RevisionNotFound, has no such revision",
    "404, RepoNotFound, no such repository",
    "401, RepoNotFound, or it is private",
    "401, GatedRepo, Accept the terms",
    "403, '', Accept the terms",
    "401, '', Set HF_TOKEN",
    "404, '', no such repository",
    "400, '', HTTP 400"
  })
  void aRefusalSaysWhatToDo(int status, String code, String message) {
    hub.answer(
        "/a/b/resolve/main/config.json",
        exchange -> {
          if (!code.isEmpty()) {
            exchange.getResponseHeaders().set("X-Error-Code", code);
          }
          exchange.sendResponseHeaders(status, -1);
        });
    var e = assertThrows(InputException.class, () -> files().fetch("a/b", "main", "config.json"));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertTrue(e.getMessage().contains("HTTP " + status), e.getMessage());
  }

  @Test
  void aRejectedTokenIsNamedAsTheCause() {
    environment.put("HF_TOKEN", "hf_expired");
    hub.status("/a/b/resolve/main/config.json", 401);
    var e = assertThrows(InputException.class, () -> files().fetch("a/b", "main", "config.json"));
    assertTrue(e.getMessage().contains("The token that was sent"), e.getMessage());
    assertFalse(e.getMessage().contains("hf_expired"), "a token is never printed");
  }

  @Test
  void damagedContentIsDeletedAndNothingCached() throws IOException {
    byte[] bad = WEIGHTS.clone();
    bad[5] ^= 1;
    content.serve("/bad", bad);
    serveLarge("/a/b/resolve/" + COMMIT + "/bad", bad, sha256(WEIGHTS), "/bad");
    serveLarge("/a/b/resolve/main/bad", bad, sha256(WEIGHTS), "/bad");
    var e = assertThrows(InputException.class, () -> files().fetch("a/b", "main", "bad"));
    assertTrue(e.getMessage().contains("wrong sha256: found " + sha256(bad)), e.getMessage());
    assertTrue(e.getMessage().contains("Expected sha256 " + sha256(WEIGHTS)), e.getMessage());
    try (var left = Files.walk(folder.resolve("hub/models--a--b"))) {
      assertEquals(0, left.filter(Files::isRegularFile).count());
    }
  }

  @Test
  void aWrongSizeIsRefusedBeforeItIsFetched() {
    content.serve("/short", CONFIG);
    serveLarge("/a/b/resolve/main/w", WEIGHTS, sha256(WEIGHTS), "/short");
    serveLarge("/a/b/resolve/" + COMMIT + "/w", WEIGHTS, sha256(WEIGHTS), "/short");
    var e = assertThrows(InputException.class, () -> files().fetch("a/b", "main", "w"));
    assertTrue(e.getMessage().contains("announces 14 bytes"), e.getMessage());
    assertTrue(e.getMessage().contains("Expected 200,000 bytes"), e.getMessage());
  }

  @Test
  void aBrokenTransferIsContinued() throws IOException {
    String head = "HTTP/1.1 200 OK\nContent-Length: 200000\nETag: \"e\"\n\n";
    String rest =
        """
        HTTP/1.1 206 Partial Content
        Content-Length: 150000
        Content-Range: bytes 50000-199999/200000

        """;
    try (var broken =
        new RawServer(
            RawServer.answer(head, WEIGHTS, 0, 50_000),
            RawServer.answer(rest, WEIGHTS, 50_000, 200_000))) {
      serveLarge("/a/b/resolve/main/w", WEIGHTS, sha256(WEIGHTS), broken.url().toString());
      serveLarge(
          "/a/b/resolve/" + COMMIT + "/w", WEIGHTS, sha256(WEIGHTS), broken.url().toString());
      assertArrayEquals(WEIGHTS, Files.readAllBytes(files().fetch("a/b", "main", "w")));
      assertTrue(broken.requests().get(1).contains("Range: bytes=50000-"));
    }
  }

  @Test
  void whereLinksAreImpossibleFilesAreCopied() throws IOException {
    environment.put("HF_HUB_DISABLE_SYMLINKS", "1");
    Path file = files().fetch(REPO, "main", "config.json");
    assertFalse(Files.isSymbolicLink(file));
    assertArrayEquals(CONFIG, Files.readAllBytes(file));
  }

  @Test
  void aLinkWhoseBlobIsGoneIsMended() throws IOException {
    Path file = files().fetch(REPO, "main", "config.json");
    Files.delete(file.toRealPath());
    assertArrayEquals(CONFIG, Files.readAllBytes(files().fetch(REPO, "main", "config.json")));
  }

  @ParameterizedTest
  @CsvSource({"../../../../tmp/x, " + COMMIT, "'', " + COMMIT, "abc, main", "abc, ../../x"})
  void aServerThatIsNoHubIsRefused(String etag, String header) throws IOException {
    hub.answer(
        "/a/b/resolve/main/c",
        exchange -> {
          exchange.getResponseHeaders().set("X-Repo-Commit", header);
          exchange.getResponseHeaders().set("ETag", "\"" + etag + "\"");
          exchange.sendResponseHeaders(200, -1);
        });
    var e = assertThrows(InputException.class, () -> files().fetch("a/b", "main", "c"));
    assertTrue(e.getMessage().contains("HF_ENDPOINT"), e.getMessage());
  }

  @Test
  void namesThatLeaveTheCacheAreRefused() {
    HubFiles files = files();
    for (String repo : List.of("", "a/b/c", "../b", "a/..", "a b/c", "a--b/c", "/a")) {
      assertThrows(InputException.class, () -> files.fetch(repo, "main", "c"), repo);
    }
    for (String revision : List.of("", "..", "a/../b", "/a", "a/", "a\nb")) {
      assertThrows(InputException.class, () -> files.fetch("a/b", revision, "c"), revision);
    }
    for (String file : List.of("", "..", "../c", "a/../c", "/c", "a\\b", "a//b", "c:d", ".")) {
      assertThrows(InputException.class, () -> files.fetch("a/b", "main", file), file);
    }
    assertEquals(List.of(), hub.requests());
  }

  @Test
  void namesAreWrittenAsAddressesAreWritten() throws IOException {
    serveSmall("/a/b/resolve/refs/pr/1/sub folder/c#.json", CONFIG, gitBlob(CONFIG));
    serveSmall("/a/b/resolve/" + COMMIT + "/sub folder/c#.json", CONFIG, gitBlob(CONFIG));
    Path file = files().fetch("a/b", "refs/pr/1", "sub folder/c#.json");
    assertArrayEquals(CONFIG, Files.readAllBytes(file));
    assertEquals("/a/b/resolve/refs%2Fpr%2F1/sub%20folder/c%23.json", hub.requests().get(0).path());
    assertEquals(Path.of("../../../blobs", gitBlob(CONFIG)), Files.readSymbolicLink(file));
    assertEquals(COMMIT, Files.readString(folder.resolve("hub/models--a--b/refs/refs/pr/1")));
  }

  @Test
  void settingsComeFromPythonsVariables() throws IOException {
    Path home = folder.resolve("home");
    var none = HubSettings.of(Map.of(), home);
    assertEquals(home.resolve(".cache/huggingface/hub"), none.cache());
    assertEquals(URI.create("https://huggingface.co"), none.endpoint());
    assertEquals(Optional.empty(), none.token());
    assertFalse(none.offline());
    assertTrue(none.links());
    Path token = home.resolve(".cache/huggingface/token");
    Files.createDirectories(token.getParent());
    Files.writeString(token, "hf_saved\n");
    assertEquals(Optional.of("hf_saved"), HubSettings.of(Map.of(), home).token());
    assertEquals(Optional.of("a"), HubSettings.of(Map.of("HF_TOKEN", " a\n"), home).token());
    assertEquals(
        Optional.empty(),
        HubSettings.of(Map.of("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"), home).token());
    assertEquals(
        Path.of("/x/huggingface/hub"),
        HubSettings.of(Map.of("XDG_CACHE_HOME", "/x"), home).cache());
    assertEquals(home.resolve("h/hub"), HubSettings.of(Map.of("HF_HOME", "~/h"), home).cache());
    assertEquals(
        Path.of("/c"), HubSettings.of(Map.of("HF_HOME", "/h", "HF_HUB_CACHE", "/c"), home).cache());
    assertThrows(
        InputException.class, () -> HubSettings.of(Map.of("HF_ENDPOINT", "huggingface.co"), home));
  }

  private HubFiles files() {
    return new HubFiles(HubSettings.of(environment, folder), FileServer.quick());
  }

  private static String resolve(String revision, String file) {
    return "/" + REPO + "/resolve/" + revision + "/" + file;
  }

  private void serveSmall(String path, byte[] bytes, String etag) {
    hub.answer(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("X-Repo-Commit", commit);
          FileServer.send(exchange, bytes, "\"" + etag + "\"");
        });
  }

  private void serveLarge(String path, byte[] bytes, String sha256) {
    serveLarge(path, bytes, sha256, "/blob");
  }

  private void serveLarge(String path, byte[] bytes, String sha256, String location) {
    hub.answer(path, exchange -> redirect(exchange, bytes.length, sha256, location));
  }

  private void redirect(HttpExchange exchange, int size, String sha256, String location)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("X-Repo-Commit", commit);
    headers.set("X-Linked-Etag", "\"" + sha256 + "\"");
    headers.set("X-Linked-Size", "" + size);
    headers.set("ETag", "\"of-the-pointer-not-the-content\"");
    headers.set("Location", location.startsWith("/") ? content.url(location).toString() : location);
    exchange.sendResponseHeaders(302, -1);
  }

  private static List<String> methods(FileServer server) {
    return server.requests().stream().map(FileServer.Seen::method).toList();
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(Checksum.Kind.SHA_256.digest().digest(bytes));
  }

  private static String gitBlob(byte[] bytes) {
    var digest = Checksum.Kind.GIT_BLOB.digest();
    digest.update(("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest.digest(bytes));
  }
}
