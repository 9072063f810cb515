package org.omnirad.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.OmniRad;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.EncoderCatalogue;
import org.omnirad.encoder.EncoderEntry;
import org.omnirad.encoder.VitConfig;

/**
 * An encoder named {@code hf:owner/name} comes from a server that answers as the Hugging Face hub
 * does.
 */
class HubEncoderTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path folder;
  private HttpServer server;
  private String md5;
  private final AtomicInteger requests = new AtomicInteger();

  @BeforeEach
  void publish() throws IOException {
    Path published = folder.resolve("published");
    try (var encoder = Encoder.random(VitConfig.tiny().withDepth(2), 5)) {
      encoder.save(published);
      md5 = encoder.record().entries().get("encoder.md5");
    }
    server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    publish("radiology/encoder", published);
    server.createContext("/", exchange -> answer(exchange, Path.of("nothing")));
    server.start();
  }

  private void publish(String repository, Path published) {
    server.createContext("/" + repository + "/resolve/", exchange -> answer(exchange, published));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange, Path published) throws IOException {
    requests.incrementAndGet();
    String path = exchange.getRequestURI().getPath();
    Path file = published.resolve(path.substring(path.lastIndexOf('/') + 1));
    if (!Files.isRegularFile(file)) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    byte[] content = Files.readAllBytes(file);
    exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
    exchange.getResponseHeaders().set("ETag", '"' + sha256(content) + '"');
    exchange.getResponseHeaders().set("X-Linked-Etag", '"' + sha256(content) + '"');
    exchange.getResponseHeaders().set("X-Linked-Size", "" + content.length);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", "" + content.length);
      exchange.sendResponseHeaders(200, -1);
    } else {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    }
    exchange.close();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The hub's settings are environment variables, so that another virtual machine has to read them.
   */
  private Repository.Outcome load(String name, Map<String, String> more) {
    var environment = new java.util.HashMap<>(more);
    environment.put("HF_ENDPOINT", "http://localhost:" + server.getAddress().getPort());
    environment.put("HF_HOME", folder.resolve("hub").toString());
    return Repository.run(
        folder,
        environment,
        Duration.ofMinutes(1),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Domnirad.progress=off",
            "-cp",
            System.getProperty("java.class.path"),
            PrintMd5.class.getName(),
            name));
  }

  /** Prints the md5 of the weights of an encoder. */
  static final class PrintMd5 {
    public static void main(String[] args) {
      try (var encoder = OmniRad.encoder(args[0])) {
        System.out.println(encoder.name() + " " + encoder.record().entries().get("encoder.md5"));
      }
    }
  }

  @Test
  void isFetchedOnceAndThenFoundWithoutNetwork() {
    var fetched = load("hf:radiology/encoder", Map.of());
    assertTrue(fetched.output().contains("hf:radiology/encoder " + md5), fetched.output());

    int before = requests.get();
    var offline = load("hf:radiology/encoder", Map.of("HF_HUB_OFFLINE", "1"));
    assertTrue(offline.output().contains(md5), offline.output());
    assertEquals(before, requests.get());
  }

  @Test
  void aCatalogueNameIsFetchedFromItsRepository() {
    EncoderEntry entry =
        EncoderCatalogue.entries().stream()
            .filter(e -> e.name().equals("radiodino-s16"))
            .findFirst()
            .orElseThrow();
    Path published = folder.resolve("radiodino");
    String weights;
    try (var encoder = Encoder.random(entry.architecture(), 5)) {
      encoder.save(published);
      weights = encoder.record().entries().get("encoder.md5");
    }
    publish("Snarcy/RadioDino-s16", published);
    var fetched = load("RadioDino-S16", Map.of());
    assertTrue(fetched.output().contains("radiodino-s16 " + weights), fetched.output());

    publish("Snarcy/OmniRad-small", published);
    var other = load("omnirad-small", Map.of());
    assertEquals(1, other.exitCode());
    assertTrue(other.output().contains("[1, 197, 384], expected [1, 257, 384]"), other.output());
  }

  @Test
  void anUnknownRepositoryIsAClearError() {
    var outcome = load("hf:radiology/nothing", Map.of());
    assertEquals(1, outcome.exitCode());
    assertTrue(outcome.output().contains("InputException"), outcome.output());
    assertTrue(outcome.output().contains("radiology/nothing"), outcome.output());
  }
}
