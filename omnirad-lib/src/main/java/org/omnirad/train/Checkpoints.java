package org.omnirad.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;
import org.omnirad.run.Json;
import org.omnirad.run.Md5;
import org.omnirad.run.TemporaryFolder;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;

/**
 * Checkpoints of a training, each a folder {@code step-00000120} that appears whole. The last three
 * and the best are kept.
 */
public final class Checkpoints {

  private static final int KEPT = 3;
  private static final String PREFIX = "step-";
  private static final String STATE = "checkpoint.json";
  private static final String TENSORS = ".safetensors";

  private final Path folder;

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes a checkpoint, then deletes those that are neither among the last three nor the best.
   *
   * @param step steps done
   * @param score how good the model is, higher is better; empty where that was not measured
   * @param tensors arrays by name, by the name of their file without its ending
   * @param values numbers that the training goes on with
   */
  public void write(
      long step,
      Optional<Double> score,
      Map<String, Map<String, NDArray>> tensors,
      Map<String, Double> values) {
    Path part = folder.resolve("." + name(step) + ".part");
    try (var off = GradMode.off()) {
      deleteLeftovers();
      Files.createDirectories(part);
      var md5 = new TreeMap<String, String>();
      for (var file : tensors.entrySet()) {
        var writer = new SafetensorsWriter();
        file.getValue().forEach(writer::put);
        String name = file.getKey() + TENSORS;
        md5.put(name, writer.write(part.resolve(name)));
      }
      String state = Json.write(new Checkpoint(step, score.orElse(null), md5, values));
      AtomicFiles.write(
          part.resolve(STATE), out -> out.write(state.getBytes(StandardCharsets.UTF_8)));
      discard(folder.resolve(name(step)));
      Files.move(part, folder.resolve(name(step)), StandardCopyOption.ATOMIC_MOVE);
      prune();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a checkpoint to " + folder + ": " + e, e);
    }
  }

  /**
   * The last checkpoint, with every file checked; empty where there is none.
   *
   * @throws InputException where a file of it is missing or damaged
   */
  public Optional<Checkpoint> last() {
    List<Path> all = all();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Path last = all.get(all.size() - 1);
    String remedy =
        "Restore it, or delete the folder %s%s."
            .formatted(
                last,
                all.size() == 1
                    ? " and start anew"
                    : " to go on from " + all.get(all.size() - 2).getFileName());
    Checkpoint checkpoint = read(last, remedy);
    checkpoint
        .files()
        .forEach(
            (name, md5) -> {
              Path file = last.resolve(name);
              if (!Files.isRegularFile(file)) {
                throw InputException.of(file, "this file of the checkpoint is missing.", remedy);
              }
              if (!Md5.of(file).equals(md5)) {
                throw InputException.of(
                    file, "the file is damaged: its md5 is not %s.".formatted(md5), remedy);
              }
            });
    return Optional.of(checkpoint);
  }

  /** The step of the best checkpoint that has a score; empty where none has. */
  public Optional<Checkpoint> best() {
    return all().stream()
        .map(path -> read(path, "Delete its folder."))
        .filter(checkpoint -> checkpoint.score() != null)
        .max(Comparator.comparing(Checkpoint::score).thenComparing(Checkpoint::step));
  }

  /**
   * Copies the tensors of one file of a checkpoint into arrays.
   *
   * @param name of the file, without its ending
   * @param arrays by name; their values are replaced
   * @throws InputException where a tensor is missing or has another shape
   */
  public void restore(Checkpoint checkpoint, String name, Map<String, NDArray> arrays) {
    Path file = folder.resolve(name(checkpoint.step())).resolve(name + TENSORS);
    try (var off = GradMode.off();
        var tensors = SafetensorsFile.open(file)) {
      arrays.forEach(
          (key, array) -> {
            // The engine's copyTo goes through a buffer that the array then keeps.
            try (NDArray stored = tensors.toArray(array.getManager(), key, array.getShape());
                NDArray values = stored.reshape(-1);
                NDArray target = array.reshape(-1)) {
              target.set(new NDIndex(":"), values);
            }
          });
    }
  }

  /** Where a checkpoint is. */
  public Path path(Checkpoint checkpoint) {
    return folder.resolve(name(checkpoint.step()));
  }

  private void prune() throws IOException {
    List<Path> all = all();
    var kept = new HashSet<>(all.subList(Math.max(0, all.size() - KEPT), all.size()));
    best().ifPresent(checkpoint -> kept.add(path(checkpoint)));
    for (Path checkpoint : all) {
      if (!kept.contains(checkpoint)) {
        discard(checkpoint);
      }
    }
  }

  private void discard(Path checkpoint) throws IOException {
    if (Files.exists(checkpoint)) {
      // A folder that is half deleted must not look like a checkpoint.
      Path doomed = folder.resolve("." + checkpoint.getFileName() + ".old");
      Files.move(checkpoint, doomed, StandardCopyOption.ATOMIC_MOVE);
      TemporaryFolder.delete(doomed);
    }
  }

  /** Deletes what a training left that was killed as it wrote or deleted a checkpoint. */
  private void deleteLeftovers() throws IOException {
    for (Path leftover : paths("." + PREFIX)) {
      TemporaryFolder.delete(leftover);
    }
  }

  private List<Path> all() {
    return paths(PREFIX);
  }

  private List<Path> paths(String prefix) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder + ": " + e, e);
    }
  }

  private static Checkpoint read(Path checkpoint, String remedy) {
    Path file = checkpoint.resolve(STATE);
    try {
      return Json.read(Files.readString(file), Checkpoint.class, file.toString());
    } catch (IOException e) {
      throw InputException.of(file, "this file of the checkpoint cannot be read.", remedy, e);
    }
  }

  private static String name(long step) {
    return "%s%08d".formatted(PREFIX, step);
  }
}
