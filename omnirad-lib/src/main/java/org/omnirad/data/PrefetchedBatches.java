package org.omnirad.data;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * The samples of a list in order, in batches, decoded by threads of its own a few batches ahead of
 * the reader. Closing it ends the threads.
 */
public final class PrefetchedBatches implements Iterator<List<Sample>>, AutoCloseable {

  private static final int BATCHES_AHEAD = 4;

  private final ImageList images;
  private final int batchSize;
  private final DecodeAhead<Sample> ahead;
  private int submitted;

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
    this.ahead = new DecodeAhead<>();
    submit();
  }

  @Override
  public boolean hasNext() {
    return ahead.size() > 0;
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
    List<Sample> batch = ahead.take();
    submit();
    return batch;
  }

  @Override
  public void close() {
    ahead.close();
  }

  private void submit() {
    while (ahead.size() < BATCHES_AHEAD && submitted < images.size()) {
      int end = (int) Math.min(images.size(), (long) submitted + batchSize);
      ahead.submit(IntStream.range(submitted, end).mapToObj(this::decoding).toList());
      submitted = end;
    }
  }

  private Callable<Sample> decoding(int index) {
    return () -> images.get(index);
  }
}
