package org.omnirad.tensor;

import ai.djl.ndarray.NDManager;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The native memory of models, which is freed when its Java owner becomes unreachable. The garbage
 * collector does not see this memory, so that it would seldom look for owners that are gone, such
 * as those of a notebook cell that is run again; it is asked to where models hold a lot.
 */
public final class NativeMemory implements AutoCloseable {

  /** Models that hold more together have the garbage collector look for unreachable ones. */
  private static final long GENEROUS_BYTES = 256L << 20;

  private static final long MILLISECONDS_FOR_CLEANING = 200;
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicLong LIVE_BYTES = new AtomicLong();

  private final Cleaner.Cleanable cleanable;

  private NativeMemory(Cleaner.Cleanable cleanable) {
    this.cleanable = cleanable;
  }

  /**
   * Ties a manager to an owner; to be called before the memory is taken.
   *
   * @param owner closes the manager by becoming unreachable; the manager must not refer to it
   * @param bytes what the manager is about to hold
   */
  public static NativeMemory own(Object owner, NDManager manager, long bytes) {
    if (LIVE_BYTES.get() + bytes > GENEROUS_BYTES) {
      collect();
    }
    LIVE_BYTES.addAndGet(bytes);
    return new NativeMemory(
        CLEANER.register(
            owner,
            () -> {
              manager.close();
              LIVE_BYTES.addAndGet(-bytes);
            }));
  }

  /** Frees the memory now. */
  @Override
  public void close() {
    cleanable.clean();
  }

  private static void collect() {
    System.gc();
    try {
      Thread.sleep(MILLISECONDS_FOR_CLEANING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
