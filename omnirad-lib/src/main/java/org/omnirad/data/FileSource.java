package org.omnirad.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Files by relative path, in a folder or in a zip file. Safe for use by several threads at once.
 */
interface FileSource extends AutoCloseable {

  /** The paths of all files, with slashes, and their sizes in bytes. */
  Map<String, Long> files();

  /**
   * The content of one file, at most {@code limit + 1} bytes of it.
   *
   * @throws IOException where it is gone or damaged
   */
  byte[] read(String file, int limit) throws IOException;

  /** The name of the identity that {@link #identity} gives. */
  String identityName();

  /** Changes where the files change. */
  String identity() throws IOException;

  @Override
  void close() throws IOException;

  /**
   * Opens a folder or a zip file.
   *
   * @param md5s remembers the md5 of zip files
   * @throws IOException where it is neither
   */
  static FileSource open(Path path, Md5Memory md5s) throws IOException {
    return Files.isDirectory(path) ? new Folder(path, list(path)) : new Zip(path, md5s);
  }

  private static Map<String, Long> list(Path root) throws IOException {
    var files = new TreeMap<String, Long>();
    try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString().replace('\\', '/'), Files.size(file));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return files;
  }

  /** A folder, listed when it was opened; links are followed. */
  record Folder(Path root, Map<String, Long> files) implements FileSource {

    @Override
    public byte[] read(String file, int limit) throws IOException {
      try (InputStream in = Files.newInputStream(root.resolve(file))) {
        return in.readNBytes(limit + 1);
      }
    }

    @Override
    public String identityName() {
      return "data.listing_md5";
    }

    /** Covers names and sizes: reading every file at each start would take minutes. */
    @Override
    public String identity() {
      MessageDigest digest = Checksum.Kind.MD5.digest();
      files.forEach(
          (file, size) ->
              digest.update((file + "\t" + size + "\n").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() {}
  }

  /** A zip file, read in place. */
  final class Zip implements FileSource {

    private final Path path;
    private final Md5Memory md5s;
    private final ZipFile zip;

    Zip(Path path, Md5Memory md5s) throws IOException {
      this.path = path;
      this.md5s = md5s;
      this.zip = new ZipFile(path.toFile());
    }

    @Override
    public Map<String, Long> files() {
      var files = new TreeMap<String, Long>();
      zip.stream().filter(e -> !e.isDirectory()).forEach(e -> files.put(e.getName(), e.getSize()));
      return files;
    }

    @Override
    public byte[] read(String file, int limit) throws IOException {
      ZipEntry entry = zip.getEntry(file);
      byte[] content;
      try (InputStream in = zip.getInputStream(entry)) {
        content = in.readNBytes(limit + 1);
      }
      var crc = new CRC32();
      crc.update(content);
      if (content.length <= limit && crc.getValue() != entry.getCrc()) {
        throw new IOException("its checksum in the zip file is wrong");
      }
      return content;
    }

    @Override
    public String identityName() {
      return "data.md5";
    }

    @Override
    public String identity() throws IOException {
      return md5s.of(path);
    }

    @Override
    public void close() throws IOException {
      zip.close();
    }
  }
}
