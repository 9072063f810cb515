package org.omnirad.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.omnirad.run.AtomicFiles;

/**
 * The md5 of files, computed once for each path, size and time of change and remembered in a
 * folder, so that a large file is not read again at each start.
 */
record Md5Memory(Path folder) {

  /**
   * The md5 of one file as hexadecimal digits.
   *
   * @throws IOException where it cannot be read
   */
  String of(Path file) throws IOException {
    Path absolute = file.toAbsolutePath().normalize();
    String key =
        absolute + "\n" + Files.size(absolute) + "\n" + Files.getLastModifiedTime(absolute) + "\n";
    byte[] name =
        Checksum.Kind.MD5.digest().digest(absolute.toString().getBytes(StandardCharsets.UTF_8));
    Path note = folder.resolve(HexFormat.of().formatHex(name) + ".txt");
    String known = read(note);
    if (known.startsWith(key)) {
      return known.substring(key.length()).strip();
    }
    String md5 = Checksum.Kind.MD5.of(absolute);
    try {
      AtomicFiles.write(
          note, out -> out.write((key + md5 + "\n").getBytes(StandardCharsets.UTF_8)));
    } catch (UncheckedIOException e) {
      // A cache that cannot be written costs time, nothing else.
      return md5;
    }
    return md5;
  }

  private static String read(Path note) {
    try {
      return Files.exists(note) ? Files.readString(note) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
