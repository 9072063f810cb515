package org.omnirad.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The samples of a list in order, in batches, decoded by threads of its own a few batches ahead of
 * the reader. Closing it ends the threads.
 */
public final class PrefetchedBatches implements Iterator<List<Sample>>, AutoCloseable {

  private static final int BATCHES_AHEAD = 4;
  private static final int THREADS = Math.min(8, Runtime.getRuntime().availableProcessors());

  private final ImageList images;
  private final int batchSize;
  private final ExecutorService threads;
  private final Queue<Future<Sample>> ahead = new ArrayDeque<>();
  private int submitted;
  private int taken;

  /**
   * Starts decoding {@code images} for batches of {@code batchSize}; the last batch can be smaller.
   */
  public PrefetchedBatches(ImageList images, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "batchSize is %d, must be at least 1".formatted(batchSize));
    }
    this.images = images;
    this.batchSize = batchSize;
    threads =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("omnirad-decode-", 0).factory());
    submit();
  }

  @Override
  public boolean hasNext() {
    return taken < images.size();
  }

  /**
   * The next batch.
   *
   * @throws CancellationException where this thread was interrupted while waiting
   * @throws RuntimeException what decoding an image threw
   */
  @Override
  public List<Sample> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int size = Math.min(batchSize, images.size() - taken);
    var batch = new ArrayList<Sample>(size);
    for (int i = 0; i < size; i++) {
      batch.add(take(ahead.remove()));
    }
    taken += size;
    submit();
    return batch;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void submit() {
    int limit = (int) Math.min(images.size(), (long) taken + (long) BATCHES_AHEAD * batchSize);
    for (; submitted < limit; submitted++) {
      int index = submitted;
      ahead.add(threads.submit(() -> images.get(index)));
    }
  }

  private static Sample take(Future<Sample> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      throw new CancellationException("interrupted while waiting for an image");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("cannot decode an image", e.getCause());
    }
  }
}
