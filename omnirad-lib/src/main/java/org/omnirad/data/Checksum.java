package org.omnirad.data;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.omnirad.run.Progress;

/**
 * The checksum that a file must have.
 *
 * @param kind how it is computed
 * @param hex lower-case hexadecimal digits
 */
record Checksum(Kind kind, String hex) {

  enum Kind {
    MD5("md5", "MD5"),
    SHA_256("sha256", "SHA-256"),
    /** As git names a file: SHA-1 of "blob", the length, a zero byte and the content. */
    GIT_BLOB("git blob id", "SHA-1");

    private final String label;
    private final String algorithm;

    Kind(String label, String algorithm) {
      this.label = label;
      this.algorithm = algorithm;
    }

    @Override
    public String toString() {
      return label;
    }

    /**
     * The digits for one file; honours interrupts.
     *
     * @throws IOException where it cannot be read
     */
    String of(Path file) throws IOException {
      MessageDigest digest = digest();
      long size = Files.size(file);
      if (this == GIT_BLOB) {
        digest.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
      }
      byte[] buffer = new byte[1 << 17];
      try (InputStream in = new FileInputStream(file.toFile());
          var progress = Progress.of("check " + file.getFileName(), "MB", size / 1_000_000)) {
        long read = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
          progress.step((read + n) / 1_000_000 - read / 1_000_000);
          read += n;
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    }

    MessageDigest digest() {
      try {
        return MessageDigest.getInstance(algorithm);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has " + algorithm, e);
      }
    }
  }

  Checksum {
    hex = hex.toLowerCase(Locale.ROOT);
  }

  static Checksum md5(String hex) {
    return new Checksum(Kind.MD5, hex);
  }

  /** "md5 0123...". */
  @Override
  public String toString() {
    return kind + " " + hex;
  }
}
