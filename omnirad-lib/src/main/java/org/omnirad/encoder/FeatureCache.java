package org.omnirad.encoder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.omnirad.data.ImageList;
import org.omnirad.run.Folders;
import org.omnirad.run.InputException;
import org.omnirad.run.Md5;
import org.omnirad.tensor.NpzFile;
import org.omnirad.tensor.NpzWriter;

/**
 * Features kept on disk, so that the same images are embedded once by the same encoder. What counts
 * as the same: the data's record, the encoder's weights, preprocessing and precision, and the spec.
 * Where the files together exceed a bound, those not used for longest are deleted. Several
 * processes may use one folder.
 */
public final class FeatureCache {

  private static final long DEFAULT_MAX_BYTES = 4L << 30;
  private static final String ENDING = ".npz";
  private static final String TOKENS = "tokens";
  private static final int PRUNINGS = 16;

  private final Path folder;
  private final long maxBytes;
  private long unpruned;

  /**
   * A cache in a folder, which is made where it is missing.
   *
   * @param maxBytes bound of all files together
   */
  public FeatureCache(Path folder, long maxBytes) {
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  /** The cache in {@code OMNIRAD_CACHE}, up to 4 GiB. */
  public static FeatureCache fromEnvironment() {
    return new FeatureCache(
        Folders.fromEnvironment().cache().resolve("features"), DEFAULT_MAX_BYTES);
  }

  /**
   * The features of all images, embedded unless they are kept.
   *
   * @throws InputException as {@link Encoder#embed}
   */
  public Features embed(Encoder encoder, ImageList images, FeatureSpec spec) {
    Path file = folder.resolve(key(encoder, images, spec.toString()) + ENDING);
    if (Files.exists(file)) {
      try {
        Features kept = Features.load(file);
        markUsed(file);
        return kept;
      } catch (InputException | IOException e) {
        // A file that another process deletes, or that is damaged, is made again.
      }
    }
    Features features = encoder.embed(images, spec);
    features.save(file);
    prune(file);
    return features;
  }

  /**
   * The tokens of chosen blocks, which are computed once for each image and then read, unless those
   * of all images together would exceed the bound.
   *
   * @param images the data that the samples are of; ids are unique among them
   * @param blocks 0-based block numbers
   */
  public BlockTokens tokens(Encoder encoder, ImageList images, SortedSet<Integer> blocks) {
    int side = encoder.preprocessing().imageSize() / encoder.config().patchSize();
    long tokens = encoder.config().prefixTokens() + (long) side * side;
    long values = blocks.size() * tokens * encoder.config().embedDim();
    if (values * Float.BYTES * images.size() > maxBytes) {
      return new BlockTokens(encoder, blocks);
    }
    String key = key(encoder, images, "tokens of blocks " + blocks);
    return new BlockTokens(encoder, blocks, (id, made) -> tokens(key, id, values, made));
  }

  private float[] tokens(String key, String id, long values, BlockTokens.Kept.Values made) {
    Path file = folder.resolve(key + "-" + Md5.of(id) + ENDING);
    if (Files.exists(file)) {
      try {
        float[] found =
            NpzFile.open(file).expectNames(TOKENS).get(TOKENS).expectShape(values).floats();
        markUsed(file);
        return found;
      } catch (InputException | IOException e) {
        // A file that another process deletes, or that is damaged, is made again.
      }
    }
    float[] computed = made.compute();
    new NpzWriter().put(TOKENS, computed, values).write(file);
    // Listing the folder for every image would take longer than the image.
    unpruned += values * Float.BYTES;
    if (unpruned > maxBytes / PRUNINGS) {
      unpruned = 0;
      prune(file);
    }
    return computed;
  }

  private static void markUsed(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  private static String key(Encoder encoder, ImageList images, String features) {
    Map<String, String> facts = new TreeMap<>(images.record().entries());
    Map<String, String> of = encoder.record().entries();
    for (String fact : List.of("encoder.md5", "encoder.preprocessing", "precision", "device")) {
      facts.put(fact, of.get(fact));
    }
    facts.put("features", features);
    return Md5.of(facts.toString());
  }

  /**
   * Deletes the files used longest ago until the others, and the one just made, are within bounds.
   */
  private void prune(Path made) {
    record Kept(Path file, long bytes, FileTime used) {}

    try (Stream<Path> files = Files.list(folder)) {
      List<Kept> newestFirst =
          files
              .filter(file -> file.toString().endsWith(ENDING) && !file.equals(made))
              .map(
                  file -> {
                    try {
                      return new Kept(file, Files.size(file), Files.getLastModifiedTime(file));
                    } catch (IOException e) {
                      return new Kept(file, 0, FileTime.fromMillis(0)); // gone meanwhile
                    }
                  })
              .sorted(Comparator.comparing(Kept::used).reversed())
              .toList();
      long bytes = Files.size(made);
      for (Kept kept : newestFirst) {
        bytes += kept.bytes();
        if (bytes > maxBytes) {
          Files.deleteIfExists(kept.file());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep " + folder + " within bounds: " + e, e);
    }
  }
}
