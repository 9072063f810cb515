package org.omnirad.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that writes what it is told, byte for byte, one script per connection. */
final class RawServer implements AutoCloseable {

  /** What the server does with one connection, after the request and before it closes it. */
  interface Script {
    void play(OutputStream out) throws IOException;
  }

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<String> requests = new CopyOnWriteArrayList<>();

  RawServer(Script... scripts) throws IOException {
    new Thread(() -> serve(scripts), "raw-server").start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/file.bin");
  }

  /** The request lines and headers of each connection. */
  List<String> requests() {
    return requests;
  }

  /** Writes a head and the bytes of a body from one offset to another. */
  static Script answer(String head, byte[] content, int from, int to) {
    return out -> {
      out.write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(content, from, to - from);
      out.flush();
    };
  }

  private void serve(Script... scripts) {
    for (Script script : scripts) {
      try (Socket connection = socket.accept()) {
        var in =
            new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
        var request = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          request.append(line).append('\n');
        }
        requests.add(request.toString());
        script.play(connection.getOutputStream());
      } catch (IOException e) {
        requests.add("the connection failed: " + e.getMessage());
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
