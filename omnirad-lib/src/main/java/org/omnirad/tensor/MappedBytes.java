package org.omnirad.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.omnirad.run.InputException;

/**
 * The bytes of a read-only file, or a part of them, at long offsets. The file is mapped in segments
 * when it is opened and its channel closed at once, so that an interrupt later cannot close it; the
 * mapping ends when nothing refers to it. Safe for use by several threads.
 *
 * <p>Bytes are always copied out: native code that touched a mapped page which another process had
 * cut off would end the virtual machine, a Java copy throws.
 */
final class MappedBytes {

  private static final int SEGMENT_BITS = 30;

  /** 16 TiB, far below the address space. */
  private static final long MAX_LENGTH = 1L << 44;

  private final Path file;
  private final ByteBuffer[] segments;
  private final int segmentBits;
  private final long start;
  private final long length;

  private MappedBytes(Path file, ByteBuffer[] segments, int segmentBits, long start, long length) {
    this.file = file;
    this.segments = segments;
    this.segmentBits = segmentBits;
    this.start = start;
    this.length = length;
  }

  static MappedBytes of(Path file) {
    return of(file, SEGMENT_BITS);
  }

  static MappedBytes of(Path file, int segmentBits) {
    if (!Files.isRegularFile(file)) {
      throw InputException.of(
          file, Files.exists(file) ? "is no file." : "there is no such file.", "Check the path.");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      long length = channel.size();
      if (length > MAX_LENGTH) {
        throw InputException.of(file, length + " bytes are too many.", "Check the file.");
      }
      int segmentSize = 1 << segmentBits;
      var segments = new ByteBuffer[(int) ((length + segmentSize - 1) >> segmentBits)];
      for (int i = 0; i < segments.length; i++) {
        long at = (long) i << segmentBits;
        segments[i] = channel.map(MapMode.READ_ONLY, at, Math.min(segmentSize, length - at));
      }
      return new MappedBytes(file, segments, segmentBits, 0, length);
    } catch (ClosedByInterruptException e) {
      Thread.interrupted();
      throw new CancellationException("interrupted while opening " + file);
    } catch (IOException e) {
      throw InputException.of(
          file,
          "cannot be read (" + e.getMessage() + ").",
          "Check that you may read it and that its disk is healthy.",
          e);
    }
  }

  /** Bytes that stand in memory, taken from {@code file}. */
  static MappedBytes of(Path file, byte[] content) {
    return new MappedBytes(
        file, new ByteBuffer[] {ByteBuffer.wrap(content)}, SEGMENT_BITS, 0, content.length);
  }

  Path file() {
    return file;
  }

  long length() {
    return length;
  }

  /** A part of these bytes; nothing is copied. */
  MappedBytes slice(long offset, long count) {
    if (offset < 0 || count < 0 || offset > length - count) {
      throw new IndexOutOfBoundsException(offset + " + " + count + " in " + length);
    }
    return new MappedBytes(file, segments, segmentBits, start + offset, count);
  }

  /** Copies {@code count} bytes from {@code offset} to {@code into[at]} and after. */
  void read(long offset, byte[] into, int at, int count) {
    if (offset < 0 || count < 0 || offset > length - count) {
      throw new IndexOutOfBoundsException(offset + " + " + count + " in " + length);
    }
    try {
      for (int done = 0; done < count; ) {
        long position = start + offset + done;
        ByteBuffer segment = segments[(int) (position >> segmentBits)];
        int inSegment = (int) (position & ((1L << segmentBits) - 1));
        int n = Math.min(count - done, segment.limit() - inSegment);
        segment.get(inSegment, into, at + done, n);
        done += n;
      }
    } catch (InternalError e) {
      // The virtual machine's word for a mapped page that is no longer in the file.
      throw InputException.of(
          file,
          "was cut or changed while it was open, or its disk failed.",
          "Restore the file and open it again.",
          e);
    }
  }

  byte[] read(long offset, int count) {
    var bytes = new byte[count];
    read(offset, bytes, 0, count);
    return bytes;
  }
}
