package org.omnirad.train;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;
import org.omnirad.run.Json;
import org.omnirad.run.ProcessLock;
import org.omnirad.run.RunRecord;

/**
 * The folder of one training: {@code config.json}, {@code run.json}, {@code metrics.csv}, {@code
 * run.log} and {@code checkpoints/}. Held by one training at a time.
 */
public final class RunFolder implements AutoCloseable {

  private static final String CONFIG = "config.json";
  private static final String RECORD = "run.json";
  private static final String LOG = "run.log";
  private static final String LOCK = ".lock";

  private final Path folder;
  private final ProcessLock lock;
  private final Checkpoints checkpoints;
  private final Set<String> logged = new HashSet<>();

  private RunFolder(Path folder, ProcessLock lock) {
    this.folder = folder;
    this.lock = lock;
    checkpoints = new Checkpoints(folder.resolve("checkpoints"));
  }

  /**
   * Opens the folder of a training, or starts one where it is missing or empty.
   *
   * @param config what the training is told; written as JSON
   * @param identity facts that must be the same when the training goes on, such as the data's md5
   * @param record facts of other names that may differ, such as versions; those of the start are
   *     kept
   * @throws InputException where the folder holds another training or something else, or another
   *     process trains in it; the message names the differences
   */
  public static RunFolder open(Path folder, Record config, RunRecord identity, RunRecord record) {
    try {
      Files.createDirectories(folder);
      ProcessLock lock = lock(folder);
      try {
        var run = new RunFolder(folder, lock);
        run.startOrCompare(Json.write(config), identity, record);
        run.readLog();
        return run;
      } catch (RuntimeException | IOException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the run folder " + folder + ": " + e, e);
    }
  }

  private static ProcessLock lock(Path folder) throws IOException {
    return ProcessLock.tryAcquire(folder.resolve(LOCK))
        .orElseThrow(
            () ->
                InputException.of(
                    folder,
                    "another training is running here.",
                    "Wait for it, or use another folder."));
  }

  private void startOrCompare(String config, RunRecord identity, RunRecord record)
      throws IOException {
    if (Files.exists(folder.resolve(CONFIG)) && Files.exists(folder.resolve(RECORD))) {
      compare(CONFIG, flat(Json.readObject(config, CONFIG)), flat(read(CONFIG)));
      Map<String, String> before = flat(read(RECORD));
      before.keySet().removeAll(record.entries().keySet());
      compare(RECORD, identity.entries(), before);
      return;
    }
    requireUnused();
    writeText(RECORD, Json.write(record.with(identity).entries()));
    writeText(CONFIG, config);
  }

  // A start that was killed before its second file can be started again.
  private void requireUnused() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> others =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.startsWith(".") && !name.equals(RECORD))
              .sorted()
              .toList();
      if (!others.isEmpty()) {
        throw InputException.of(
            folder,
            "it holds %s, but no training (%s and %s).".formatted(others.get(0), CONFIG, RECORD),
            "Name an empty or a new folder, or that of a training to go on with.");
      }
    }
  }

  private JsonElement read(String name) throws IOException {
    Path file = folder.resolve(name);
    return Json.readObject(Files.readString(file), file.toString());
  }

  private void compare(String name, Map<String, String> now, Map<String, String> before) {
    var keys = new TreeSet<>(now.keySet());
    keys.addAll(before.keySet());
    keys.removeIf(key -> Objects.equals(now.get(key), before.get(key)));
    if (!keys.isEmpty()) {
      String key =
          keys.stream()
              .filter(k -> now.containsKey(k) && before.containsKey(k))
              .findFirst()
              .orElse(keys.first());
      throw InputException.of(
          folder.resolve(name),
          "this training is another one: %s is %s there and %s now%s."
              .formatted(
                  key,
                  before.getOrDefault(key, "absent"),
                  now.getOrDefault(key, "absent"),
                  keys.size() == 1 ? "" : ", and so differ " + String.join(", ", keys)),
          "Use the same values to go on with it, or another folder to start anew.");
    }
  }

  private static Map<String, String> flat(JsonElement element) {
    var values = new TreeMap<String, String>();
    flatten("", element, values);
    return values;
  }

  private static void flatten(String prefix, JsonElement element, Map<String, String> into) {
    if (element.isJsonObject()) {
      element
          .getAsJsonObject()
          .asMap()
          .forEach(
              (key, value) -> flatten(prefix.isEmpty() ? key : prefix + "." + key, value, into));
    } else {
      into.put(prefix, element.isJsonPrimitive() ? element.getAsString() : String.valueOf(element));
    }
  }

  /** The checkpoints in it. */
  public Checkpoints checkpoints() {
    return checkpoints;
  }

  /**
   * The metrics in it, without those of steps after the checkpoint that the training goes on from.
   *
   * @param data names what is learned from, for the titles of curves
   * @param columns after the first, {@code step}
   * @param lastStep the step of that checkpoint, or -1 at the start
   */
  public MetricsLog metrics(String data, List<String> columns, long lastStep) {
    return MetricsLog.open(folder.resolve("metrics.csv"), data, columns, lastStep);
  }

  /** Adds a line to {@code run.log}, with the time. */
  public void log(String line) {
    try {
      Files.writeString(
          folder.resolve(LOG),
          Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      logged.add(line);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder.resolve(LOG) + ": " + e, e);
    }
  }

  /** Adds a line to {@code run.log} unless it is there already, whenever it was written. */
  public void logOnce(String line) {
    if (!logged.contains(line)) {
      log(line);
    }
  }

  private void readLog() throws IOException {
    Path log = folder.resolve(LOG);
    if (Files.exists(log)) {
      for (String line : Files.readAllLines(log)) {
        logged.add(line.substring(line.indexOf(' ') + 1));
      }
    }
  }

  private void writeText(String name, String text) {
    AtomicFiles.write(
        folder.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Lets other trainings use the folder. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
