package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.run.InputException;

@Timeout(60)
class DownloadTest {

  private static final byte[] CONTENT = bytes(300_000);
  private static final String MD5 =
      HexFormat.of().formatHex(Checksum.Kind.MD5.digest().digest(CONTENT));
  private static final String REMEDY = "Run `python3 environment/lab.py get thing 28`.";
  private static final String HEAD =
      "HTTP/1.1 200 OK\nContent-Length: " + CONTENT.length + "\nETag: \"v1\"\n\n";

  @TempDir Path folder;
  private Path target;

  @BeforeEach
  void name() throws IOException {
    target = folder.resolve("files/thing.npz");
    Files.createDirectories(target.getParent());
  }

  @Test
  void aFileArrivesWholeAndAlone() throws IOException {
    try (var server = new FileServer()) {
      server.serve("/a", CONTENT);
      fetch(source(server.url("/a")));
      assertArrayEquals(CONTENT, Files.readAllBytes(target));
      assertEquals(Set.of("thing.npz"), files());
    }
  }

  @Test
  void aBrokenConnectionIsContinuedWhereItEnded() throws IOException {
    String rest = partial(100_000, 299_999);
    try (var server =
        new RawServer(
            RawServer.answer(HEAD, CONTENT, 0, 100_000),
            RawServer.answer(rest, CONTENT, 100_000, CONTENT.length))) {
      fetch(source(server.url()));
      assertArrayEquals(CONTENT, Files.readAllBytes(target));
      assertEquals(Set.of("thing.npz"), files());
      assertTrue(
          server.requests().get(1).contains("Range: bytes=100000-\n"), server.requests()::toString);
      assertTrue(
          server.requests().get(1).contains("If-Range: \"v1\"\n"), server.requests()::toString);
    }
  }

  @Test
  void aBrokenDownloadIsContinuedByTheNextCall() throws IOException {
    var broken = RawServer.answer(HEAD, CONTENT, 0, 100_000);
    var cut = RawServer.answer("HTTP/1.1 206 Par", CONTENT, 0, 0);
    try (var server = new RawServer(broken, cut, cut)) {
      var e = assertThrows(InputException.class, () -> fetch(source(server.url())));
      assertTrue(e.getMessage().contains("broke 3 times"), e.getMessage());
      assertTrue(e.getMessage().contains("100,000 bytes are kept"), e.getMessage());
      assertTrue(e.getMessage().endsWith(REMEDY), e.getMessage());
    }
    assertEquals(Set.of("thing.npz.part", "thing.npz.part.tag"), files());
    try (var server = new FileServer()) {
      server.answer("/a", exchange -> FileServer.send(exchange, CONTENT, "\"v1\""));
      fetch(source(server.url("/a")));
      assertEquals("bytes=100000-", server.requests().get(0).headers().getFirst("Range"));
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
    assertEquals(Set.of("thing.npz"), files());
  }

  @Test
  void aFileThatChangedMeanwhileStartsAnew() throws IOException {
    keepPart(bytes(1000), "\"v0\"");
    try (var server = new FileServer()) {
      server.serve("/a", CONTENT);
      fetch(source(server.url("/a")));
      assertEquals("\"v0\"", server.requests().get(0).headers().getFirst("If-Range"));
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
  }

  @Test
  void aServerThatIgnoresRangesStartsAnew() throws IOException {
    keepPart(Arrays.copyOf(CONTENT, 1000), "\"v1\"");
    try (var server = new RawServer(RawServer.answer(HEAD, CONTENT, 0, CONTENT.length))) {
      fetch(source(server.url()));
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
  }

  @Test
  void aRangeThatWasNotAskedForStartsAnew() throws IOException {
    keepPart(Arrays.copyOf(CONTENT, 1000), "\"v1\"");
    String shifted = partial(5, 1004);
    try (var server =
        new RawServer(
            RawServer.answer(shifted, CONTENT, 5, 1005),
            RawServer.answer(HEAD, CONTENT, 0, CONTENT.length))) {
      fetch(source(server.url()));
      assertFalse(server.requests().get(1).contains("Range"), server.requests()::toString);
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
  }

  @Test
  void aWholePartNeedsNoMoreBytes() throws IOException {
    keepPart(CONTENT, "\"" + Arrays.hashCode(CONTENT) + "\"");
    try (var server = new FileServer()) {
      server.serve("/a", CONTENT);
      fetch(source(server.url("/a")));
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
    assertEquals(Set.of("thing.npz"), files());
  }

  @Test
  void withoutValidatorAndChecksumAPartIsNotTrusted() throws IOException {
    Files.write(target.resolveSibling("thing.npz.part"), bytes(1000));
    try (var server = new FileServer()) {
      server.serve("/a", CONTENT);
      fetch(source(server.url("/a"), Optional.empty(), OptionalLong.empty()));
      assertNull(server.requests().get(0).headers().getFirst("Range"));
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
  }

  @Test
  void aWrongMd5DeletesNothingButTheBadPart() throws IOException {
    byte[] bad = CONTENT.clone();
    bad[4711] ^= 1;
    Files.writeString(target, "an older version");
    Files.writeString(target.resolveSibling("other.npz"), "other");
    try (var server = new FileServer()) {
      server.serve("/a", bad);
      var e = assertThrows(InputException.class, () -> fetch(source(server.url("/a"))));
      String found = HexFormat.of().formatHex(Checksum.Kind.MD5.digest().digest(bad));
      assertTrue(
          e.getMessage().startsWith(server.url("/a") + ": wrong md5: found " + found),
          e.getMessage());
      assertTrue(e.getMessage().contains("Expected md5 " + MD5), e.getMessage());
      assertTrue(e.getMessage().contains("300,000 bytes"), e.getMessage());
      assertTrue(e.getMessage().contains("thing.npz.part, was deleted"), e.getMessage());
      assertTrue(e.getMessage().endsWith(REMEDY), e.getMessage());
    }
    assertEquals(Set.of("thing.npz", "other.npz"), files());
    assertEquals("an older version", Files.readString(target));
  }

  @Test
  void aRightFileIsNotFetchedAgainAndAWrongOneReplaced() throws IOException {
    Files.write(target, CONTENT);
    try (var server = new FileServer()) {
      server.serve("/a", CONTENT);
      fetch(source(server.url("/a")));
      assertEquals(List.of(), server.requests());
      Files.writeString(target, "damaged");
      fetch(source(server.url("/a")));
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 410})
  void aRefusalIsFinalAndSaysWhatToDo(int status) throws IOException {
    try (var server = new FileServer()) {
      server.status("/a", status);
      var e = assertThrows(InputException.class, () -> fetch(source(server.url("/a"))));
      assertTrue(e.getMessage().startsWith(server.url("/a") + ": "), e.getMessage());
      assertTrue(e.getMessage().contains("HTTP " + status), e.getMessage());
      assertTrue(e.getMessage().contains("Expected md5 " + MD5), e.getMessage());
      assertTrue(e.getMessage().endsWith(REMEDY), e.getMessage());
      assertEquals(1, server.requests().size());
    }
    assertEquals(Set.of(), files());
  }

  @Test
  void aTiredServerIsAskedAgain() throws IOException {
    try (var server = new FileServer()) {
      server.answer(
          "/a",
          exchange -> {
            if (server.requests().size() < 3) {
              exchange.sendResponseHeaders(503, -1);
            } else {
              FileServer.send(exchange, CONTENT, "\"v1\"");
            }
          });
      fetch(source(server.url("/a")));
      assertEquals(3, server.requests().size());
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUp() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    try (var server = new FileServer()) {
      server.answer("/a", exchange -> await(end));
      var e = assertThrows(InputException.class, () -> fetchHastily(source(server.url("/a"))));
      assertTrue(
          e.getMessage().contains("the server stalls (no answer for 0.5 s)"), e.getMessage());
      assertEquals(3, server.requests().size());
      end.countDown();
    }
  }

  @Test
  void aServerThatStallsInTheMiddleIsGivenUpAndThePartKept() throws IOException {
    try (var server = new FileServer()) {
      CountDownLatch end = new CountDownLatch(1);
      server.answer(
          "/a",
          exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"v1\"");
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, 50_000);
            exchange.getResponseBody().flush();
            await(end);
          });
      var e = assertThrows(InputException.class, () -> fetchHastily(source(server.url("/a"))));
      assertTrue(
          e.getMessage().contains("the server stalls (nothing came for 0.5 s)"), e.getMessage());
      assertEquals(Set.of("thing.npz.part", "thing.npz.part.tag"), files());
      end.countDown();
    }
  }

  @Test
  void withoutNetworkItFailsAtOnce() throws IOException {
    URI gone;
    try (var server = new FileServer()) {
      gone = server.url("/a");
    }
    long start = System.nanoTime();
    var slow =
        new Download(
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            5,
            Duration.ofSeconds(20),
            ProxySelector.of(null));
    var e =
        assertThrows(
            InputException.class, () -> slow.fetch(source(gone), target, folder.resolve("lock")));
    assertTrue(e.getMessage().contains("no connection"), e.getMessage());
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(10).toNanos());
  }

  @Test
  void redirectsAreFollowed() throws IOException {
    try (var server = new FileServer()) {
      server.redirect("/a", "/b?signed=1");
      server.serve("/b", CONTENT);
      fetch(source(server.url("/a")));
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
  }

  @Test
  void redirectsWithoutEndAreRefused() throws IOException {
    try (var server = new FileServer()) {
      server.redirect("/a", "/a");
      var e = assertThrows(InputException.class, () -> fetch(source(server.url("/a"))));
      assertTrue(e.getMessage().contains("more than 5 redirects"), e.getMessage());
      assertEquals(6, server.requests().size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file:///etc/passwd", "ftp://host/a", "http:///a", "http://a b/"})
  void aRedirectToNowhereIsRefused(String location) throws IOException {
    try (var server = new FileServer()) {
      server.redirect("/a", location);
      var e = assertThrows(InputException.class, () -> fetch(source(server.url("/a"))));
      assertTrue(e.getMessage().contains("redirected to '" + location + "'"), e.getMessage());
    }
  }

  @Test
  void aRedirectFromHttpsToHttpIsRefused() {
    URI secure = URI.create("https://host/a");
    var e =
        assertThrows(
            InputException.class, () -> Download.next(source(secure), secure, "http://host/a"));
    assertTrue(e.getMessage().contains("from https to http://host/a"), e.getMessage());
    assertEquals(URI.create("https://b/c"), Download.next(source(secure), secure, "//b/c"));
  }

  @Test
  void headersGoToTheFirstHostOnly() throws IOException {
    try (var server = new FileServer();
        var other = new FileServer()) {
      server.redirect("/a", "/b");
      server.redirect("/b", other.url("/c").toString());
      other.serve("/c", CONTENT);
      var source =
          new Download.Source(
              "thing",
              server.url("/a"),
              Map.of("Authorization", "Bearer secret"),
              OptionalLong.empty(),
              Optional.empty(),
              REMEDY);
      fetch(source);
      for (var request : server.requests()) {
        assertEquals("Bearer secret", request.headers().getFirst("Authorization"), request.path());
      }
      assertNull(other.requests().get(0).headers().getFirst("Authorization"));
    }
  }

  @Test
  void whatDoesNotFitOnTheDiskIsRefusedUpFront() throws IOException {
    String huge = "HTTP/1.1 200 OK\nContent-Length: " + (1L << 60) + "\n\n";
    try (var server = new RawServer(RawServer.answer(huge, CONTENT, 0, 1000))) {
      var e = assertThrows(InputException.class, () -> fetch(source(server.url())));
      assertTrue(
          e.getMessage().contains("1,152,921,504,606,846,976 bytes are still to come"),
          e.getMessage());
      assertTrue(e.getMessage().contains("OMNIRAD_CACHE"), e.getMessage());
    }
  }

  /** Linux has a file on which every write fails as on a full disk. */
  @Test
  @EnabledIf("hasFullDevice")
  void aDiskThatFillsUpSaysSo() throws IOException {
    Files.createSymbolicLink(target.resolveSibling("thing.npz.part"), Path.of("/dev/full"));
    Files.writeString(target.resolveSibling("thing.npz.part.tag"), "\"v1\"");
    String rest = partial(0, 299_999);
    try (var server = new RawServer(RawServer.answer(rest, CONTENT, 0, CONTENT.length))) {
      var e = assertThrows(InputException.class, () -> fetch(source(server.url())));
      assertTrue(
          e.getMessage().contains("thing.npz.part: cannot be written (No space left"),
          e.getMessage());
      assertTrue(e.getMessage().contains("Free space"), e.getMessage());
      assertEquals(1, server.requests().size(), "a full disk is no broken connection");
    }
    assertFalse(Files.exists(target));
    Files.delete(target.resolveSibling("thing.npz.part")); // A link out of the test's folder.
  }

  static boolean hasFullDevice() {
    return Files.exists(Path.of("/dev/full"));
  }

  @Test
  void moreOrFewerBytesThanExpectedAreRefused() throws IOException {
    try (var server = new FileServer()) {
      server.serve("/a", CONTENT);
      var source = source(server.url("/a"), Optional.empty(), OptionalLong.of(299_999));
      var e = assertThrows(InputException.class, () -> fetch(source));
      assertTrue(
          e.getMessage().contains("announces 300,000 bytes. Expected 299,999 bytes."),
          e.getMessage());
    }
    String endless = "HTTP/1.1 200 OK\nConnection: close\n\n";
    try (var server = new RawServer(RawServer.answer(endless, CONTENT, 0, CONTENT.length))) {
      var source = source(server.url(), Optional.empty(), OptionalLong.of(1000));
      var e = assertThrows(InputException.class, () -> fetch(source));
      assertTrue(e.getMessage().contains("more than it announced"), e.getMessage());
    }
  }

  @Test
  void anInterruptStopsItKeepsThePartAndLeavesNoThread() throws Exception {
    try (var server = new FileServer()) {
      CountDownLatch sent = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      server.answer(
          "/a",
          exchange -> {
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, 50_000);
            exchange.getResponseBody().flush();
            sent.countDown();
            await(end);
          });
      var patient =
          new Download(
              Duration.ofSeconds(5),
              Duration.ofSeconds(50),
              3,
              Duration.ofSeconds(1),
              ProxySelector.of(null));
      try (var executor = Executors.newSingleThreadExecutor()) {
        Thread[] runner = new Thread[1];
        var result =
            executor.submit(
                () -> {
                  runner[0] = Thread.currentThread();
                  return assertThrows(
                      CancellationException.class,
                      () ->
                          patient.fetch(source(server.url("/a")), target, folder.resolve("lock")));
                });
        sent.await();
        while (!Files.exists(target.resolveSibling("thing.npz.part"))) {
          Thread.sleep(5);
        }
        runner[0].interrupt();
        assertTrue(result.get().getMessage().contains("interrupted"), result.get().getMessage());
      }
      assertTrue(files().contains("thing.npz.part"));
      assertFalse(Files.exists(target));
      assertNoClientThreads();
      end.countDown();
    }
  }

  @Test
  void anInterruptAtAnyMomentIsACancellation() throws Exception {
    try (var server = new FileServer()) {
      server.serve("/a", CONTENT);
      for (int i = 0; i < 60; i++) {
        Files.deleteIfExists(target);
        Throwable[] thrown = new Throwable[1];
        boolean[] stillSet = new boolean[1];
        Thread thread =
            new Thread(
                () -> {
                  try {
                    fetch(source(server.url("/a")));
                  } catch (CancellationException e) {
                    stillSet[0] = Thread.currentThread().isInterrupted();
                  } catch (RuntimeException e) {
                    thrown[0] = e;
                  }
                });
        thread.start();
        Thread.sleep(i / 2, i % 2 * 500_000);
        thread.interrupt();
        thread.join();
        assertNull(thrown[0], () -> "" + thrown[0]);
        assertFalse(stillSet[0], "the interrupt is used up");
      }
      fetch(source(server.url("/a")));
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
    assertEquals(Set.of("thing.npz"), files());
  }

  @Test
  void twoThreadsFetchOnce() throws Exception {
    try (var server = new FileServer();
        var executor = Executors.newFixedThreadPool(2)) {
      server.serve("/a", CONTENT);
      Runnable fetch = () -> fetch(source(server.url("/a")));
      for (var done : List.of(executor.submit(fetch), executor.submit(fetch))) {
        done.get();
      }
      assertEquals(1, server.requests().size());
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
  }

  @Test
  void twoProcessesFetchOnce() throws Exception {
    try (var server = new FileServer()) {
      server.serve("/a", CONTENT);
      List<Process> processes = List.of(startProcess(server), startProcess(server));
      for (Process process : processes) {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
      }
      assertEquals(1, server.requests().size());
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
    assertEquals(Set.of("thing.npz"), files());
  }

  /** Started as a process of its own by the test above. */
  static final class FetchOnce {
    public static void main(String[] args) {
      Path target = Path.of(args[1]);
      FileServer.quick()
          .fetch(source(URI.create(args[0])), target, target.resolveSibling("../lock"));
    }
  }

  private Process startProcess(FileServer server) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Domnirad.progress=off",
            "-cp",
            System.getProperty("java.class.path"),
            FetchOnce.class.getName(),
            server.url("/a").toString(),
            target.toString())
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void aProxyIsAskedInstead() throws IOException {
    try (var proxy = new FileServer()) {
      proxy.serve("/", CONTENT);
      int port = proxy.url("/").getPort();
      var download =
          new Download(
              Duration.ofSeconds(20),
              Duration.ofSeconds(20),
              1,
              Duration.ofMillis(1),
              new EnvironmentProxies(
                  Map.of("http_proxy", "http://127.0.0.1:" + port), ProxySelector.of(null)));
      download.fetch(source(URI.create("http://zenodo.invalid/a")), target, folder.resolve("lock"));
      assertEquals("http://zenodo.invalid/a", proxy.requests().get(0).path());
    }
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
  }

  @Test
  void theEnvironmentChoosesProxies() {
    var proxies =
        new EnvironmentProxies(
            Map.of("HTTPS_PROXY", "proxy:3128", "no_proxy", ".local, example.org"),
            ProxySelector.of(null));
    assertEquals(
        InetSocketAddress.createUnresolved("proxy", 3128),
        proxies.select(URI.create("https://zenodo.org/a")).get(0).address());
    for (String direct :
        List.of(
            "http://zenodo.org/a",
            "https://example.org/",
            "https://www.example.org/",
            "https://a.local/",
            "https://localhost/",
            "https://127.0.0.1/")) {
      assertNull(proxies.select(URI.create(direct)).get(0).address(), direct);
    }
    var socks =
        new EnvironmentProxies(Map.of("HTTPS_PROXY", "socks5://host:1"), ProxySelector.of(null));
    assertThrows(InputException.class, () -> socks.select(URI.create("https://zenodo.org/")));
  }

  private static String partial(int from, int to) {
    return """
        HTTP/1.1 206 Partial Content
        Content-Length: %d
        Content-Range: bytes %d-%d/%d
        ETag: "v1"

        """
        .formatted(to + 1 - from, from, to, CONTENT.length);
  }

  private static void assertNoClientThreads() throws InterruptedException {
    Set<String> left = Set.of("?");
    for (int i = 0; i < 100 && !left.isEmpty(); i++) {
      Thread.sleep(20);
      left =
          Thread.getAllStackTraces().keySet().stream()
              .map(Thread::getName)
              .filter(name -> name.startsWith("HttpClient"))
              .collect(Collectors.toSet());
    }
    assertEquals(Set.of(), left);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void fetch(Download.Source source) {
    FileServer.quick().fetch(source, target, folder.resolve("lock"));
  }

  private void fetchHastily(Download.Source source) {
    FileServer.quick(Duration.ofMillis(500)).fetch(source, target, folder.resolve("lock"));
  }

  private static Download.Source source(URI url) {
    return source(url, Optional.of(Checksum.md5(MD5)), OptionalLong.empty());
  }

  private static Download.Source source(URI url, Optional<Checksum> sum, OptionalLong size) {
    return new Download.Source("thing", url, Map.of(), size, sum, REMEDY);
  }

  private void keepPart(byte[] bytes, String tag) throws IOException {
    Files.write(target.resolveSibling("thing.npz.part"), bytes);
    Files.writeString(target.resolveSibling("thing.npz.part.tag"), tag);
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> list = Files.list(target.getParent())) {
      return list.map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static byte[] bytes(int n) {
    byte[] bytes = new byte[n];
    new SplittableRandom(n).nextBytes(bytes);
    return bytes;
  }
}
