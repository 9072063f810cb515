package org.omnirad.data;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an HTTP response, read piece by piece; waits a limited time for each piece. At most
 * two pieces are held in memory.
 */
final class TimedBody implements AutoCloseable {

  private sealed interface Event {
    record Piece(List<ByteBuffer> buffers) implements Event {}

    record End() implements Event {}

    record Failure(Throwable cause) implements Event {}
  }

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Duration patience;
  private volatile Flow.Subscription subscription;
  private volatile boolean closed;

  TimedBody(Flow.Publisher<List<ByteBuffer>> publisher, Duration patience) {
    this.patience = patience;
    publisher.subscribe(new Receiver());
  }

  /**
   * The next piece; absent at the end.
   *
   * @throws HttpTimeoutException where nothing came in time
   * @throws IOException where the connection broke
   */
  Optional<List<ByteBuffer>> next() throws IOException, InterruptedException {
    Event event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    return switch (event) {
      case null -> throw new HttpTimeoutException("nothing came for " + text(patience));
      case Event.End end -> Optional.empty();
      case Event.Failure failure ->
          throw failure.cause instanceof IOException e ? e : new IOException(failure.cause);
      case Event.Piece piece -> {
        subscription.request(1);
        yield Optional.of(piece.buffers);
      }
    };
  }

  static String text(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }

  /** Gives the connection up, where the end was not reached. */
  @Override
  public void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  private final class Receiver implements Flow.Subscriber<List<ByteBuffer>> {
    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      if (closed) {
        given.cancel();
      } else {
        given.request(2);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      events.add(new Event.Piece(buffers));
    }

    @Override
    public void onError(Throwable cause) {
      events.add(new Event.Failure(cause));
    }

    @Override
    public void onComplete() {
      events.add(new Event.End());
    }
  }
}
