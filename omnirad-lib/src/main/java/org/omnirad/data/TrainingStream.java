package org.omnirad.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.omnirad.run.InputException;
import org.omnirad.run.RandomSource;

/**
 * Batches of training images without end, one per step, decoded by threads of its own ahead of the
 * reader. For one reader; closing it ends the threads.
 *
 * <p>The samples of step s are a function of the seed and s alone, so that a run resumes at any
 * step as if it had not stopped. Position p = s B + i (batch size B, place i in the batch) is taken
 * from one of the lists: of every 1,000 positions each list has its share, to one, in shuffled
 * order. Each list is read in epochs: every sample once, in an order drawn anew, before any comes
 * again; an epoch of one ends where it ends, not with a batch.
 *
 * <p>An image that cannot be decoded is skipped: another of the same list, drawn for that position,
 * takes its place. Labels are of no effect.
 */
public final class TrainingStream implements Iterator<List<Sample>>, AutoCloseable {

  // Of images with 512 x 512 pixels a batch of 256 holds 200 MB.
  private static final int BATCHES_AHEAD = 2;
  private static final int MOST_DRAWS = 100;
  private static final int WINDOW = 1000;

  /**
   * One of the lists.
   *
   * @param images at least one
   * @param weight its part in the batches, relative to that of the others: positive, and at least
   *     one thousandth of their sum
   */
  public record Source(ImageList images, double weight) {}

  /**
   * An image that could not be decoded.
   *
   * @param list its list, counted from 0
   * @param index its place in that list
   * @param message why, with its file
   */
  public record BrokenImage(int list, int index, String message) {}

  /** What came of one position: a sample, unless too many draws failed. */
  private record Drawn(Optional<Sample> sample, List<BrokenImage> broken) {}

  /** What identifies an image among all lists. */
  private record Place(int list, int index) {}

  private final List<Source> sources;
  private final int batchSize;
  private final RandomSource random;
  private final Mixture mixture;
  private final List<EpochOrder> orders = new ArrayList<>();
  private final DecodeAhead<Drawn> ahead;
  private long step;

  private final List<BrokenImage> broken = new ArrayList<>();
  private final Set<Place> named = new HashSet<>();
  private final BitSet window = new BitSet(WINDOW); // the last draws: set where one failed
  private BrokenImage last;
  private long draws;
  private long skipped;

  /**
   * Starts decoding.
   *
   * @param sources at least one list
   * @param batchSize B, at least 1
   * @param random the source of every draw
   * @param firstStep the step of the first batch, from 0
   * @throws InputException where a list is empty
   */
  public TrainingStream(List<Source> sources, int batchSize, RandomSource random, long firstStep) {
    if (sources.isEmpty() || batchSize < 1 || firstStep < 0) {
      throw new IllegalArgumentException(
          "%d lists, batchSize %d, firstStep %d: must be at least 1, 1 and 0"
              .formatted(sources.size(), batchSize, firstStep));
    }
    this.sources = List.copyOf(sources);
    this.batchSize = batchSize;
    this.random = random;
    this.step = firstStep;
    this.mixture = new Mixture(sources.stream().mapToDouble(Source::weight).toArray(), random);
    for (int j = 0; j < sources.size(); j++) {
      int size = sources.get(j).images().size();
      if (size == 0) {
        throw new InputException(
            "List %d of %d to train on holds no image.".formatted(j + 1, sources.size()),
            "Leave it out, or check its split.");
      }
      orders.add(new EpochOrder(size, random, "data/shuffle/" + j));
    }
    this.ahead = new DecodeAhead<>();
    submit();
  }

  /** Always true. */
  @Override
  public boolean hasNext() {
    return true;
  }

  /** The step whose batch {@link #next} gives. */
  public long step() {
    return step;
  }

  /**
   * The batch of the next step.
   *
   * @return B samples
   * @throws CancellationException where this thread was interrupted while waiting; the batch can be
   *     asked for again
   * @throws InputException where 100 draws in a row for one place, or more than half of the last
   *     1,000 draws, could not be decoded
   */
  @Override
  public List<Sample> next() {
    List<Drawn> drawn = ahead.take();
    step++;
    submit();
    var batch = new ArrayList<Sample>(batchSize);
    for (Drawn one : drawn) {
      one.broken().forEach(this::skip);
      one.sample().ifPresent(batch::add);
      if (one.sample().isEmpty()) {
        throw tooMany(MOST_DRAWS + " draws in a row");
      }
      window.clear((int) (draws++ % WINDOW));
      if (draws >= WINDOW && window.cardinality() > WINDOW / 2) {
        throw tooMany(
            String.format(Locale.ROOT, "%d of the last %,d draws", window.cardinality(), WINDOW));
      }
    }
    return batch;
  }

  /** How often, in the batches given so far, an image that cannot be decoded was passed over. */
  public long skipped() {
    return skipped;
  }

  /** The images that were passed over, each once, in the order they were met. */
  public List<BrokenImage> broken() {
    return Collections.unmodifiableList(broken);
  }

  @Override
  public void close() {
    ahead.close();
  }

  private void submit() {
    while (ahead.size() < BATCHES_AHEAD) {
      long first = Math.multiplyExact(step + ahead.size(), (long) batchSize);
      ahead.submit(IntStream.range(0, batchSize).mapToObj(i -> decoding(first + i)).toList());
    }
  }

  private Callable<Drawn> decoding(long position) {
    Mixture.Slot slot = mixture.at(position);
    int index = orders.get(slot.list()).at(slot.ordinal());
    return () -> draw(position, slot.list(), index);
  }

  private Drawn draw(long position, int list, int first) {
    ImageList images = sources.get(list).images();
    var others = random.at(position, "data/replacement");
    var failed = new ArrayList<BrokenImage>();
    int index = first;
    while (failed.size() < MOST_DRAWS && !Thread.currentThread().isInterrupted()) { // by close
      try {
        return new Drawn(Optional.of(images.get(index)), failed);
      } catch (InputException e) {
        failed.add(new BrokenImage(list, index, e.getMessage()));
        index = others.nextInt(images.size());
      }
    }
    return new Drawn(Optional.empty(), failed);
  }

  private void skip(BrokenImage image) {
    skipped++;
    last = image;
    window.set((int) (draws++ % WINDOW));
    if (named.add(new Place(image.list(), image.index()))) {
      broken.add(image);
    }
  }

  private InputException tooMany(String what) {
    return new InputException(
        String.format(
            Locale.ROOT,
            "%s gave an image that cannot be decoded, %,d different ones so far; the last: %s",
            what,
            broken.size(),
            last.message()),
        "Check that the files of list %d are complete.".formatted(last.list() + 1));
  }
}
