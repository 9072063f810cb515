package org.omnirad.encoder;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.NpyType;
import org.omnirad.tensor.NpzFile;
import org.omnirad.tensor.NpzWriter;

/**
 * What an encoder says of N images, in the order of the images.
 *
 * @param vectors N x D, one feature vector per image
 * @param targets N label arrays as in {@link org.omnirad.data.Sample#labels()}; each empty where
 *     nothing is known
 * @param ids N sample names
 * @param task what the targets mean
 * @param classNames the K class names; empty where the images have no labels
 * @param spec which tokens the vectors are made of; {@link FeatureSpec#cls} for vectors that do not
 *     come from tokens
 * @param record data, encoder and settings behind the vectors
 */
public record Features(
    float[][] vectors,
    int[][] targets,
    List<String> ids,
    Task task,
    List<String> classNames,
    FeatureSpec spec,
    RunRecord record) {

  /** Checks that all parts have N entries. */
  public Features {
    if (vectors.length != targets.length || vectors.length != ids.size()) {
      throw new IllegalArgumentException(
          "%d vectors, %d targets, %d ids".formatted(vectors.length, targets.length, ids.size()));
    }
    ids = List.copyOf(ids);
    classNames = List.copyOf(classNames);
  }

  /**
   * Writes everything to an npz file that numpy opens too: vectors, targets, ids, task, class
   * names, spec (number of blocks, 1 where the mean patch token follows), record.
   */
  public void save(Path file) {
    Map<String, String> entries = record.entries();
    new NpzWriter()
        .put("vectors", vectors)
        .put("targets", targets)
        .put("ids", ids)
        .put("task", List.of(task.name()))
        .put("class_names", classNames)
        .put("spec", new int[] {spec.blocks(), spec.patchMean() ? 1 : 0}, 2)
        .put("record_names", List.copyOf(entries.keySet()))
        .put("record_values", List.copyOf(entries.values()))
        .write(file);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws org.omnirad.run.InputException where the file is missing, broken or of another kind
   */
  public static Features load(Path file) {
    NpzFile npz =
        NpzFile.open(file)
            .expectNames(
                "vectors",
                "targets",
                "ids",
                "task",
                "class_names",
                "spec",
                "record_names",
                "record_values");
    float[][] vectors = npz.get("vectors").expectType(NpyType.FLOAT32).floatRows();
    int[][] targets = npz.get("targets").intRows();
    List<String> ids = npz.get("ids").strings();
    List<String> names = npz.get("record_names").strings();
    List<String> values = npz.get("record_values").strings();
    if (vectors.length != targets.length
        || vectors.length != ids.size()
        || names.size() != values.size()) {
      throw InputException.of(file, "its arrays differ in length.", "Save the features again.");
    }
    var record = new RunRecord(Map.of());
    for (int i = 0; i < names.size(); i++) {
      record = record.with(names.get(i), values.get(i));
    }
    int[] spec = npz.get("spec").expectShape(2).ints();
    return new Features(
        vectors,
        targets,
        ids,
        task(file, npz),
        npz.get("class_names").strings(),
        new FeatureSpec(spec[0], spec[1] == 1),
        record);
  }

  private static Task task(Path file, NpzFile npz) {
    List<String> names = npz.get("task").strings();
    return Stream.of(Task.values())
        .filter(task -> names.equals(List.of(task.name())))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.of(
                    file,
                    "its task is %s, expected one of %s.".formatted(names, List.of(Task.values())),
                    "Save the features again."));
  }

  /**
   * The part of these features that another spec asks for: {@code lastBlocks(4).withPatchMean()}
   * holds {@code cls()}, for example.
   *
   * @throws InputException where these features do not hold it
   */
  public Features select(FeatureSpec part) {
    if (part.equals(spec)) {
      return this;
    }
    if (part.blocks() > spec.blocks() || (part.patchMean() && !spec.patchMean())) {
      throw new InputException(
          "Features of %s do not hold %s.".formatted(spec, part),
          "Embed the images with a spec that does.");
    }
    int token = dim() / spec.tokens();
    int first = (spec.blocks() - part.blocks()) * token;
    float[][] selected = new float[vectors.length][];
    Arrays.setAll(
        selected, i -> Arrays.copyOfRange(vectors[i], first, first + part.tokens() * token));
    return new Features(
        selected, targets, ids, task, classNames, part, record.with("features", part));
  }

  /** N, the number of images. */
  public int size() {
    return vectors.length;
  }

  /** D, the length of a vector; 0 where there is none. */
  public int dim() {
    return vectors.length == 0 ? 0 : vectors[0].length;
  }

  /**
   * The class index of each image.
   *
   * @throws IllegalStateException where an image has no label, or the task is multi-label
   */
  public int[] labels() {
    int[] labels = new int[targets.length];
    for (int i = 0; i < labels.length; i++) {
      if (task == Task.MULTI_LABEL || targets[i].length != 1) {
        throw new IllegalStateException(
            "%s of a task %s has the labels %s; one class is needed"
                .formatted(ids.get(i), task, Arrays.toString(targets[i])));
      }
      labels[i] = targets[i][0];
    }
    return labels;
  }
}
