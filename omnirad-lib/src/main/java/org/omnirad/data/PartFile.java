package org.omnirad.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;

/**
 * What has come of a file so far, kept beside its target until it is whole, with the validator (an
 * HTTP entity tag or date) of the version it belongs to.
 */
final class PartFile {

  private final Path target;
  private final Path part;
  private final Path tag;

  PartFile(Path target) {
    this.target = target;
    this.part = target.resolveSibling(target.getFileName() + ".part");
    this.tag = target.resolveSibling(target.getFileName() + ".part.tag");
  }

  Path path() {
    return part;
  }

  long size() {
    try {
      return Files.exists(part) ? Files.size(part) : 0;
    } catch (IOException e) {
      throw unusable("cannot be read", e);
    }
  }

  /** The validator of the version that the bytes belong to; absent where unknown. */
  Optional<String> validator() {
    try {
      return Files.exists(tag) ? Optional.of(Files.readString(tag)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Starts from the first byte of the version with this validator. */
  void restart(Optional<String> validator) {
    delete();
    validator.ifPresent(value -> AtomicFiles.write(tag, out -> out.write(value.getBytes(UTF_8))));
  }

  /** Deletes the bytes and their validator, nothing else. */
  void delete() {
    try {
      Files.deleteIfExists(part);
      Files.deleteIfExists(tag);
    } catch (IOException e) {
      throw unusable("cannot be deleted", e);
    }
  }

  /** Opens the file for appending. An interrupt does not close it, unlike a channel. */
  FileOutputStream append() {
    try {
      return new FileOutputStream(part.toFile(), true);
    } catch (IOException e) {
      throw unusable("cannot be opened", e);
    }
  }

  /** Writes all bytes; what fails here is the disk, not the connection. */
  long write(FileOutputStream out, List<ByteBuffer> buffers) {
    long written = 0;
    try {
      for (ByteBuffer buffer : buffers) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        out.write(bytes);
        written += bytes.length;
      }
    } catch (IOException e) {
      throw unusable("cannot be written", e);
    }
    return written;
  }

  /** Waits until the disk has what was written. */
  void sync(FileOutputStream out) {
    try {
      out.getFD().sync();
    } catch (IOException e) {
      throw unusable("cannot be written", e);
    }
  }

  /** Refuses what does not fit on the disk. */
  void checkSpace(long bytes) {
    long free;
    try {
      free = Files.getFileStore(part.toAbsolutePath().getParent()).getUsableSpace();
    } catch (IOException e) {
      return; // A file system that does not tell; writing will.
    }
    if (free < bytes) {
      throw InputException.of(
          part,
          String.format(
              Locale.ROOT, "%,d bytes are still to come, %,d are free on that disk.", bytes, free),
          remedy());
    }
  }

  /** Gives the whole file its name. */
  void moveToTarget() {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(tag);
    } catch (IOException e) {
      throw unusable("cannot be renamed to " + target.getFileName(), e);
    }
  }

  private InputException unusable(String what, IOException e) {
    return InputException.of(part, "%s (%s).".formatted(what, e.getMessage()), remedy(), e);
  }

  private static String remedy() {
    return "Free space on that disk, or set OMNIRAD_CACHE (HF_HOME for hub files) to a folder"
        + " elsewhere; what has come so far is kept and continued.";
  }
}
