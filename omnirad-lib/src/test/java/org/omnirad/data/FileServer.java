package org.omnirad.data;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on this machine that remembers what it was asked. */
final class FileServer implements AutoCloseable {

  record Seen(String method, String path, Headers headers) {}

  private final List<Seen> requests = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  FileServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  /** A download that tries three times with hardly a pause. */
  static Download quick() {
    return quick(Duration.ofSeconds(20));
  }

  static Download quick(Duration stallTimeout) {
    return new Download(
        Duration.ofSeconds(20), stallTimeout, 3, Duration.ofMillis(5), ProxySelector.of(null));
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  List<Seen> requests() {
    return requests;
  }

  void answer(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          requests.add(
              new Seen(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().toString(),
                  exchange.getRequestHeaders()));
          try (exchange) {
            handler.handle(exchange);
          }
        });
  }

  void status(String path, int status) {
    answer(path, exchange -> exchange.sendResponseHeaders(status, -1));
  }

  void redirect(String path, String location) {
    answer(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Location", location);
          exchange.sendResponseHeaders(302, -1);
        });
  }

  /** Serves a file with an entity tag, whole or from an offset. */
  void serve(String path, byte[] content) {
    answer(path, exchange -> send(exchange, content, "\"" + Arrays.hashCode(content) + "\""));
  }

  static void send(HttpExchange exchange, byte[] content, String tag) throws IOException {
    Headers asked = exchange.getRequestHeaders();
    exchange.getResponseHeaders().set("ETag", tag);
    String range = asked.getFirst("Range");
    String condition = asked.getFirst("If-Range");
    int from = 0;
    int status = 200;
    if (range != null && (condition == null || condition.equals(tag))) {
      from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      status = from < content.length ? 206 : 416;
      String span = status == 416 ? "*" : from + "-" + (content.length - 1);
      exchange.getResponseHeaders().set("Content-Range", "bytes " + span + "/" + content.length);
    }
    if (status == 416) {
      exchange.sendResponseHeaders(416, -1);
    } else if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", "" + content.length);
      exchange.sendResponseHeaders(200, -1);
    } else {
      exchange.sendResponseHeaders(status, content.length - from);
      exchange.getResponseBody().write(content, from, content.length - from);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
