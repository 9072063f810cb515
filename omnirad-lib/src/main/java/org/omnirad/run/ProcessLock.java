package org.omnirad.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Held by one thread of one process at a time. The empty lock file stays behind: to delete it would
 * let two others hold different files of the same name.
 */
public final class ProcessLock implements AutoCloseable {

  private static final long MILLIS_BETWEEN_TRIES = 50;

  private final FileChannel channel;

  private ProcessLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits until nobody else holds {@code file}.
   *
   * @throws CancellationException where the thread is interrupted
   */
  public static ProcessLock acquire(Path file) throws IOException {
    FileChannel channel = open(file);
    try {
      while (!tryLock(channel)) {
        Thread.sleep(MILLIS_BETWEEN_TRIES);
      }
      return new ProcessLock(channel);
    } catch (InterruptedException e) {
      channel.close();
      throw new CancellationException("interrupted while another process held " + file);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Holds {@code file} if nobody else does; empty where somebody does. */
  public static Optional<ProcessLock> tryAcquire(Path file) throws IOException {
    FileChannel channel = open(file);
    if (tryLock(channel)) {
      return Optional.of(new ProcessLock(channel));
    }
    channel.close();
    return Optional.empty();
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Another thread of this process shows as an exception, another process as null. */
  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
