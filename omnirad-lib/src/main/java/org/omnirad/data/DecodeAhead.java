package org.omnirad.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Batches of decoding tasks, run by threads of its own while the reader is busy, and handed out in
 * the order they were given. For one reader; closing it ends the threads.
 */
final class DecodeAhead<T> implements AutoCloseable {

  private static final int THREADS = Math.min(8, Runtime.getRuntime().availableProcessors());

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("omnirad-decode-", 0).factory());
  private final Queue<List<Future<T>>> batches = new ArrayDeque<>();

  /** Starts one batch. */
  void submit(List<? extends Callable<T>> batch) {
    var futures = new ArrayList<Future<T>>(batch.size());
    batch.forEach(task -> futures.add(threads.submit(task)));
    batches.add(futures);
  }

  /** How many batches are given and not yet taken. */
  int size() {
    return batches.size();
  }

  /**
   * Waits for the oldest batch. Where this throws, the batch stays the oldest.
   *
   * @throws CancellationException where this thread was interrupted while waiting
   * @throws RuntimeException what a task threw
   */
  List<T> take() {
    if (threads.isShutdown()) {
      throw new IllegalStateException("the batches are closed");
    }
    List<Future<T>> futures = batches.element();
    var batch = new ArrayList<T>(futures.size());
    for (Future<T> future : futures) {
      batch.add(result(future));
    }
    batches.remove();
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

  private static <T> T result(Future<T> future) {
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
