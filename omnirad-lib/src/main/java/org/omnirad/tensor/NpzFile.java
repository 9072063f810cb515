package org.omnirad.tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.omnirad.run.Folders;
import org.omnirad.run.InputException;

/**
 * A numpy npz archive. Opening reads its directory only. A stored array is mapped where it stands;
 * a deflated one is inflated once into the cache folder and mapped from there, so that arrays
 * beyond the heap and beyond 2 GiB are read at random in little memory. Safe for use by several
 * threads.
 *
 * <pre>{@code
 * NpyArray images = NpzFile.open(path).get("train_images").expectType(NpyType.UINT8);
 * byte[] first = images.row(0);
 * }</pre>
 *
 * <p>The CRC is checked whenever an array is inflated, and for stored arrays up to 64 MiB; larger
 * stored ones would have to be read whole for it, so the file's md5 is what vouches for them.
 */
public final class NpzFile {

  /** Stored members up to 64 MiB are checked against their CRC. */
  static final long MAX_CHECKED = 64L << 20;

  private static final String SUFFIX = ".npy";

  /** An archive that unpacks to less is harmless whatever its ratio. */
  private static final long HARMLESS_SIZE = 256L << 20;

  /**
   * Deflate reaches 1032. Images reach 3, masks alone a few hundred, and archives hold images too.
   */
  private static final long MAX_RATIO = 200;

  private final Path path;
  private final Map<String, ZipMember> members;
  private final MemberCache cache;
  private final Map<String, NpyArray> arrays = new ConcurrentHashMap<>();

  private NpzFile(Path path, Map<String, ZipMember> members, MemberCache cache) {
    this.path = path;
    this.members = members;
    this.cache = cache;
  }

  /**
   * Opens an archive.
   *
   * @throws InputException where it is missing, no zip archive, damaged, or would unpack to more
   *     than 200 times its size
   */
  public static NpzFile open(Path path) {
    return open(path, Folders.fromEnvironment().cache());
  }

  /**
   * Opens an archive whose deflated arrays are kept in another folder than the user's cache.
   *
   * @throws InputException as for {@link #open(Path)}
   */
  public static NpzFile open(Path path, Path cacheFolder) {
    MappedBytes bytes = MappedBytes.of(path);
    var members = new TreeMap<String, ZipMember>();
    for (ZipMember member : ZipDirectory.read(bytes)) {
      String name = member.name();
      if (name.endsWith(SUFFIX)) {
        members.put(name.substring(0, name.length() - SUFFIX.length()), member);
      }
    }
    checkRatio(path, new ArrayList<>(members.values()));
    return new NpzFile(path, members, new MemberCache(bytes, cacheFolder));
  }

  private static void checkRatio(Path path, List<ZipMember> members) {
    // In double, as a hostile archive declares sizes whose sum overflows.
    double size = members.stream().mapToDouble(ZipMember::size).sum();
    double compressed = members.stream().mapToDouble(ZipMember::compressedSize).sum();
    if (size > HARMLESS_SIZE && size > MAX_RATIO * compressed) {
      throw InputException.of(
          path,
          String.format(
              Locale.ROOT,
              "%.0f bytes would unpack to %.0f, more than %d times as many.",
              compressed,
              size,
              MAX_RATIO),
          "This looks like a zip bomb. If you trust it, save it again with numpy's savez,"
              + " uncompressed.");
    }
  }

  /** The file's path. */
  public Path path() {
    return path;
  }

  /** The names of all arrays, sorted, without the ending {@code .npy}. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(members.keySet()));
  }

  /** Whether the archive holds an array of that name. */
  public boolean contains(String name) {
    return members.containsKey(name);
  }

  /**
   * Opens an array; it stays readable as long as it is referred to.
   *
   * @throws InputException where the archive lacks it, it is damaged, holds objects or structures,
   *     or cannot be unpacked for want of disk space
   */
  public NpyArray get(String name) {
    return arrays.computeIfAbsent(name, this::read);
  }

  /**
   * Checks that all these arrays are there.
   *
   * @return this archive
   * @throws InputException that names those missing
   */
  public NpzFile expectNames(String... names) {
    Set<String> missing = new TreeSet<>(List.of(names));
    missing.removeAll(members.keySet());
    if (!missing.isEmpty()) {
      throw InputException.of(
          path,
          "there is no array '" + String.join("', '", missing) + "'.",
          NearNames.sentence(missing.iterator().next(), members.keySet()));
    }
    return this;
  }

  private NpyArray read(String name) {
    ZipMember member = expectNames(name).members.get(name);
    return NpyArray.of(member.deflated() ? cache.open(member) : cache.openStored(member), name);
  }
}
