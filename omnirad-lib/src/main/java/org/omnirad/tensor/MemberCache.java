package org.omnirad.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;

/**
 * Uncompressed members of one archive. Small ones are held in memory; the others are inflated once
 * into a folder of the cache and mapped from there ever after, as long as the archive keeps its
 * path, size and time. Files of an earlier state of the archive are deleted.
 */
final class MemberCache {

  /** Members up to 1 MiB need no file. */
  static final long MAX_IN_MEMORY = 1 << 20;

  private static final long DISK_RESERVE = 64L << 20;
  private static final int CHUNK = 1 << 16;
  private static final String DAMAGED =
      "The file is damaged or hostile: get it again from its source.";

  private final MappedBytes archive;
  private final Path folder;
  private final String state;

  MemberCache(MappedBytes archive, Path cache) {
    this.archive = archive;
    Path file = archive.file().toAbsolutePath().normalize();
    String key =
        UUID.nameUUIDFromBytes(file.toString().getBytes(StandardCharsets.UTF_8)).toString();
    this.folder = cache.resolve("npz").resolve(key);
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      this.state = attributes.size() + "-" + attributes.lastModifiedTime().toMillis() + "-";
    } catch (IOException e) {
      throw InputException.of(file, "cannot be read (" + e.getMessage() + ").", "Check it.", e);
    }
  }

  /** The uncompressed bytes of a deflated member, checked against its size and CRC. */
  MappedBytes open(ZipMember member) {
    if (member.size() <= MAX_IN_MEMORY) {
      var out = new ByteArrayOutputStream((int) member.size());
      try {
        inflate(member, out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return MappedBytes.of(archive.file(), out.toByteArray());
    }
    Path target =
        folder.resolve("%s%x-%08x.npy".formatted(state, member.dataOffset(), member.crc()));
    try {
      if (!Files.isRegularFile(target) || Files.size(target) != member.size()) {
        Files.createDirectories(folder);
        checkSpace(member);
        AtomicFiles.write(target, out -> inflate(member, out));
        deleteStaleFiles();
      }
    } catch (IOException | UncheckedIOException e) {
      throw InputException.of(
          archive.file(),
          "'%s' cannot be unpacked into %s (%s)."
              .formatted(Excerpt.of(member.name()), folder, e.getMessage()),
          "Make room and rights there, or set OMNIRAD_CACHE to another folder.",
          e);
    }
    return MappedBytes.of(target);
  }

  private void checkSpace(ZipMember member) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free - DISK_RESERVE < member.size()) {
      throw new IOException(
          "%d MiB are needed, %d MiB are free".formatted(member.size() >> 20, free >> 20));
    }
  }

  private void deleteStaleFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (isStale(file)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Arrays of an earlier state of the archive, and what a process killed a day ago left. */
  private boolean isStale(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    return name.endsWith(".part")
        ? Files.getLastModifiedTime(file).toInstant().isBefore(yesterday)
        : !name.startsWith(state);
  }

  private void inflate(ZipMember member, OutputStream out) throws IOException {
    var in = new byte[CHUNK];
    var plain = new byte[CHUNK];
    var crc = new CRC32();
    var inflater = new Inflater(true);
    long taken = 0;
    long made = 0;
    try (var progress =
        Progress.of("unpack " + Excerpt.of(member.name()), "bytes", member.size())) {
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          int n = (int) Math.min(CHUNK, member.compressedSize() - taken);
          if (n == 0 || inflater.needsDictionary()) {
            throw refuse(member, "is cut");
          }
          archive.read(member.dataOffset() + taken, in, 0, n);
          inflater.setInput(in, 0, n);
          taken += n;
        }
        int n = inflater.inflate(plain);
        made += n;
        if (made > member.size()) {
          throw refuse(member, "is larger than the " + member.size() + " bytes it declares");
        }
        crc.update(plain, 0, n);
        out.write(plain, 0, n);
        progress.step(n);
      }
      taken -= inflater.getRemaining();
    } catch (DataFormatException e) {
      throw refuse(member, "is damaged (" + e.getMessage() + ")");
    } finally {
      inflater.end();
    }
    if (made != member.size() || taken != member.compressedSize()) {
      throw refuse(member, "declares %d bytes and has %d".formatted(member.size(), made));
    }
    checkCrc(member, crc.getValue());
  }

  /** The bytes of a stored member; small ones are checked against their CRC. */
  MappedBytes openStored(ZipMember member) {
    MappedBytes bytes = archive.slice(member.dataOffset(), member.size());
    if (member.size() <= NpzFile.MAX_CHECKED) {
      var crc = new CRC32();
      var chunk = new byte[CHUNK];
      for (long done = 0; done < member.size(); ) {
        int n = (int) Math.min(CHUNK, member.size() - done);
        bytes.read(done, chunk, 0, n);
        crc.update(chunk, 0, n);
        done += n;
      }
      checkCrc(member, crc.getValue());
    }
    return bytes;
  }

  private void checkCrc(ZipMember member, long found) {
    if (found != member.crc()) {
      throw refuse(member, "is damaged: CRC %08x, expected %08x".formatted(found, member.crc()));
    }
  }

  private InputException refuse(ZipMember member, String what) {
    return InputException.of(
        archive.file(), "member '" + Excerpt.of(member.name()) + "' " + what + ".", DAMAGED);
  }
}
