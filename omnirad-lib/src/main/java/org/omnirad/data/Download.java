package org.omnirad.data;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.omnirad.run.InputException;
import org.omnirad.run.ProcessLock;
import org.omnirad.run.Progress;

/**
 * Fetches files over HTTP. A file gets its name when it is whole and verified; until then what has
 * come lies beside it and is continued by the next call, of this process or another. Two processes
 * that fetch the same file take turns.
 *
 * @param connectTimeout how long a connection may take
 * @param stallTimeout how long an answer, or the next bytes of it, may take
 * @param attempts how often in a row a connection may break without bringing a megabyte
 * @param firstPause the pause after the first break; it doubles with each further one
 * @param proxies the proxy of each address
 */
record Download(
    Duration connectTimeout,
    Duration stallTimeout,
    int attempts,
    Duration firstPause,
    ProxySelector proxies) {

  static final int MAX_REDIRECTS = 5;

  private static final long BYTES_THAT_COUNT = 1_000_000;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  /**
   * A file to fetch.
   *
   * @param name what it is called, for progress lines
   * @param url its address
   * @param headers request headers, sent to the host of {@code url} only
   * @param size its known length in bytes
   * @param checksum what it must hash to
   * @param remedy what a person does where fetching fails
   */
  record Source(
      String name,
      URI url,
      Map<String, String> headers,
      OptionalLong size,
      Optional<Checksum> checksum,
      String remedy) {

    /** An exception that names the address and what was expected of the file. */
    InputException failure(String what, Throwable cause) {
      String expected =
          checksum.map(sum -> " Expected " + sum + ".").orElse("")
              + (size.isPresent()
                  ? String.format(Locale.ROOT, " Expected %,d bytes.", size.getAsLong())
                  : "");
      var failure = new InputException(url + ": " + what + expected, remedy);
      failure.initCause(cause);
      return failure;
    }
  }

  /** Thirty seconds of patience, five attempts, the proxies of Java and of the environment. */
  static Download defaults() {
    return new Download(
        Duration.ofSeconds(15),
        Duration.ofSeconds(30),
        5,
        Duration.ofSeconds(1),
        new EnvironmentProxies(System.getenv(), ProxySelector.getDefault()));
  }

  /**
   * Fetches one file to {@code target}, unless it lies there with the right checksum.
   *
   * @param lock the empty file that shows other processes that this one is at it
   * @throws InputException where it cannot be had: message with address, checksum and remedy
   * @throws CancellationException where the thread is interrupted; what has come is kept
   */
  void fetch(Source source, Path target, Path lock) {
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      Files.createDirectories(lock.toAbsolutePath().getParent());
      try (var held = ProcessLock.acquire(lock)) {
        if (!isThere(source, target)) {
          receiveWhole(source, target);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      if (isInterrupt(e) || isInterrupt(e.getCause())) {
        Thread.interrupted();
        throw new CancellationException("download interrupted");
      }
      throw InputException.of(
          target,
          "cannot be written (" + e.getMessage() + ").",
          "Set OMNIRAD_CACHE (HF_HOME for hub files) to a folder that can.",
          e);
    }
  }

  private static boolean isInterrupt(Throwable e) {
    return e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException;
  }

  private static boolean isThere(Source source, Path target) throws IOException {
    if (!Files.exists(target) || source.checksum.isEmpty()) {
      return false;
    }
    Checksum sum = source.checksum.get();
    return sum.kind().of(target).equals(sum.hex());
  }

  private void receiveWhole(Source source, Path target) throws IOException {
    var part = new PartFile(target);
    HttpClient client = client();
    try {
      int breaks = 0;
      boolean whole = false;
      while (!whole) {
        long before = part.size();
        try {
          receive(client, source, part);
          whole = true;
        } catch (IOException e) {
          long came = part.size() - before;
          breaks = came >= BYTES_THAT_COUNT ? 1 : breaks + 1;
          if (breaks >= attempts || (part.size() == 0 && isHopeless(e))) {
            throw givenUp(source, part, e);
          }
          pause(breaks);
        }
      }
    } finally {
      client.shutdownNow();
    }
    verify(source, part);
    part.moveToTarget();
  }

  HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(connectTimeout)
        .proxy(proxies)
        .build();
  }

  /** Where there is no network, waiting does not help. */
  private static boolean isHopeless(IOException e) {
    return e instanceof ConnectException
        || e instanceof UnknownHostException
        || e instanceof SSLException;
  }

  private InputException givenUp(Source source, PartFile part, IOException e) {
    String what =
        e instanceof HttpTimeoutException
            ? "the server stalls (" + e.getMessage() + ")."
            : isHopeless(e)
                ? "no connection (%s).".formatted(reason(e))
                : "the connection broke %d times (%s).".formatted(attempts, reason(e));
    String kept =
        part.size() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                " %,d bytes are kept in %s and will be continued.",
                part.size(),
                part.path());
    return source.failure(what + kept, e);
  }

  /** The first message in a chain of causes; some connection failures have none. */
  static String reason(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) {
        return "the host is not known";
      }
      if (t.getMessage() != null) {
        return t.getMessage();
      }
    }
    return e.getClass().getSimpleName();
  }

  private void pause(int breaks) {
    try {
      Thread.sleep(firstPause.multipliedBy(1L << (breaks - 1)));
    } catch (InterruptedException e) {
      throw new CancellationException("download interrupted");
    }
  }

  /** One connection: continues where the last one ended. */
  private void receive(HttpClient client, Source source, PartFile part) throws IOException {
    Optional<String> validator = part.validator();
    long have = part.size();
    if (have > 0 && validator.isEmpty() && source.checksum.isEmpty()) {
      have = 0; // Nothing would show that old and new bytes are of the same version.
    }
    var headers = new TreeMap<String, String>();
    if (have > 0) {
      headers.put("Range", "bytes=" + have + "-");
      validator.ifPresent(value -> headers.put("If-Range", value));
    }
    var response = send(client, source, "GET", headers, true);
    try (var body = new TimedBody(response.body(), stallTimeout)) {
      switch (response.statusCode()) {
        case 200 -> {
          part.restart(validator(response));
          copy(source, body, part, length(response, source));
        }
        case 206 -> {
          Matcher range =
              CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
          if (!range.matches() || Long.parseLong(range.group(1)) != have) {
            part.delete();
            throw new IOException("the server sent another range than asked for");
          }
          String total = range.group(2);
          copy(
              source,
              body,
              part,
              total.equals("*") ? source.size : OptionalLong.of(Long.parseLong(total)));
        }
        case 416 -> {
          // Either everything is there already, or the file has shrunk: its checksum tells.
          if (source.checksum.isEmpty() || have == 0) {
            part.delete();
            throw new IOException("the server has fewer bytes than were kept");
          }
        }
        case 429, 500, 502, 503, 504 ->
            throw new IOException("the server answers HTTP " + response.statusCode());
        default -> throw source.failure(meaning(response.statusCode()), null);
      }
    }
  }

  static String meaning(int status) {
    return switch (status) {
      case 401, 403 -> "the server refuses the file (HTTP " + status + ").";
      case 404, 410 -> "there is no such file (HTTP " + status + ").";
      case 407 -> "the proxy asks for a password (HTTP 407).";
      default -> "the server answers HTTP " + status + ".";
    };
  }

  /**
   * Sends a request and follows its redirects.
   *
   * @param leaveHost whether a redirect to another host is followed, or is the answer
   * @throws IOException where the connection fails; another attempt may help
   */
  HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(
      HttpClient client,
      Source source,
      String method,
      Map<String, String> headers,
      boolean leaveHost)
      throws IOException {
    URI url = source.url;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      var request = HttpRequest.newBuilder(url).method(method, HttpRequest.BodyPublishers.noBody());
      request.setHeader("User-Agent", "OmniRad");
      request.setHeader("Accept-Encoding", "identity");
      headers.forEach(request::setHeader);
      if (sameHost(url, source.url)) {
        source.headers.forEach(request::setHeader);
      }
      var response = await(client.sendAsync(request.build(), BodyHandlers.ofPublisher()));
      if (!isRedirect(response)) {
        return response;
      }
      URI next = next(source, url, response.headers().firstValue("Location").orElse(""));
      if (!leaveHost && !sameHost(next, source.url)) {
        return response;
      }
      new TimedBody(response.body(), stallTimeout).close();
      url = next;
    }
    throw source.failure("more than " + MAX_REDIRECTS + " redirects.", null);
  }

  static boolean isRedirect(HttpResponse<?> response) {
    return switch (response.statusCode()) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  static boolean sameHost(URI a, URI b) {
    return a.getScheme().equalsIgnoreCase(b.getScheme())
        && a.getHost().equalsIgnoreCase(b.getHost())
        && a.getPort() == b.getPort();
  }

  static URI next(Source source, URI from, String location) {
    URI to;
    try {
      to = from.resolve(URI.create(location));
    } catch (IllegalArgumentException e) {
      throw source.failure("redirected to '" + location + "', which is no address.", e);
    }
    boolean http = "http".equalsIgnoreCase(to.getScheme());
    boolean secure = "https".equalsIgnoreCase(to.getScheme());
    if (location.isEmpty() || to.getHost() == null || !(http || secure)) {
      throw source.failure("redirected to '" + location + "', which is no web address.", null);
    }
    if (http && "https".equalsIgnoreCase(from.getScheme())) {
      throw source.failure("redirected from https to " + to + ", which is refused.", null);
    }
    return to;
  }

  private <T> T await(CompletableFuture<T> answer) throws IOException {
    try {
      return answer.get(stallTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no answer for " + TimedBody.text(stallTimeout));
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw new CancellationException("download interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  private static Optional<String> validator(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("ETag")
        .filter(tag -> !tag.startsWith("W/"))
        .or(() -> response.headers().firstValue("Last-Modified"));
  }

  private static OptionalLong length(HttpResponse<?> response, Source source) {
    OptionalLong announced = response.headers().firstValueAsLong("Content-Length");
    return announced.isPresent() ? announced : source.size;
  }

  private void copy(Source source, TimedBody body, PartFile part, OptionalLong total)
      throws IOException {
    long have = part.size();
    if (source.size.isPresent() && total.isPresent() && !source.size.equals(total)) {
      throw source.failure(
          String.format(Locale.ROOT, "the server announces %,d bytes.", total.getAsLong()), null);
    }
    part.checkSpace(total.orElse(have) - have);
    long kilobytes = (total.orElse(have) - have) / 1000;
    try (FileOutputStream out = part.append();
        var progress = Progress.of("download " + source.name, "kB", kilobytes)) {
      long came = 0;
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        long n = part.write(out, piece.get());
        if (total.isPresent()) {
          progress.step((came + n) / 1000 - came / 1000);
        } else {
          progress.checkInterrupt();
        }
        came += n;
        if (total.isPresent() && have + came > total.getAsLong()) {
          throw source.failure("the server sends more than it announced.", null);
        }
      }
      part.sync(out);
      if (total.isPresent() && have + came < total.getAsLong()) {
        throw new IOException(
            String.format(
                Locale.ROOT, "closed after %,d of %,d bytes", have + came, total.getAsLong()));
      }
    } catch (InterruptedException e) {
      throw new CancellationException("download interrupted; " + part.path() + " is kept");
    }
  }

  private static void verify(Source source, PartFile part) throws IOException {
    if (source.checksum.isEmpty()) {
      return;
    }
    Checksum expected = source.checksum.get();
    String found = expected.kind().of(part.path());
    if (!found.equals(expected.hex())) {
      long size = part.size();
      part.delete();
      throw source.failure(
          String.format(
              Locale.ROOT,
              "wrong %s: found %s in %,d bytes. Only this download, %s, was deleted.",
              expected.kind(),
              found,
              size,
              part.path()),
          null);
    }
  }
}
