package org.omnirad.classify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnirad.data.ImageFile;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.probe.LinearHead;
import org.omnirad.probe.LinearProbe;
import org.omnirad.report.ClassificationReport;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;
import org.omnirad.run.Json;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;

/**
 * An encoder and the linear head on its features: what fine-tuning makes, or a linear probe with
 * the encoder it was trained on. It owns its encoder.
 */
public final class Classifier implements AutoCloseable {

  private static final String HEAD = "head.safetensors";
  private static final String DESCRIPTION = "classifier.json";
  private static final String WEIGHT = "head.weight";
  private static final String BIAS = "head.bias";

  /** What stands in {@code classifier.json}. */
  private record Description(
      String encoder,
      Task task,
      List<String> classNames,
      FeatureSpec features,
      Map<String, String> record) {}

  private final Encoder encoder;
  private final FeatureSpec spec;
  private final LinearHead head;
  private final List<String> classNames;
  private final RunRecord record;

  Classifier(
      Encoder encoder,
      FeatureSpec spec,
      LinearHead head,
      List<String> classNames,
      RunRecord record) {
    this.encoder = encoder;
    this.spec = spec;
    this.head = head;
    this.classNames = List.copyOf(classNames);
    this.record = record;
  }

  /** A linear probe with a copy of the encoder whose features it was trained on. */
  public static Classifier of(Encoder encoder, LinearProbe probe) {
    int dim = probe.chosen().spec().tokens() * encoder.config().embedDim();
    if (probe.head().dim() != dim) {
      throw new InputException(
          "The probe was trained on %d features of %s; %s makes %d."
              .formatted(probe.head().dim(), probe.chosen().spec(), encoder.name(), dim),
          "Name the encoder that embedded its images.");
    }
    return new Classifier(
        encoder.copy(encoder.name()),
        probe.chosen().spec(),
        probe.head(),
        probe.classNames(),
        encoder.record().with(probe.record()));
  }

  /** The encoder; closed with this classifier. */
  public Encoder encoder() {
    return encoder;
  }

  /** The K class names. */
  public List<String> classNames() {
    return classNames;
  }

  /** Where it comes from: data, encoder, config, seed, versions. */
  public RunRecord record() {
    return record;
  }

  /**
   * The probabilities of each class.
   *
   * @param images M images; labels are not looked at
   * @return M x K; rows sum to 1 but for a multi-label task
   * @throws InputException where an image cannot be decoded
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public float[][] predict(ImageList images) {
    return probabilities(encoder.embed(images, spec));
  }

  /**
   * Labels of new images.
   *
   * @param files pictures as an image folder holds them
   * @throws InputException where one cannot be decoded
   */
  public List<Prediction> predict(List<Path> files) {
    Features features = encoder.embed(new FileList(files), spec);
    float[][] probabilities = probabilities(features);
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      predictions.add(prediction(features.ids().get(i), probabilities[i]));
    }
    return predictions;
  }

  /**
   * Labels of new images, by a classifier that is loaded for them.
   *
   * @param folder that {@link #save} wrote
   * @param files pictures as an image folder holds them
   * @throws InputException where folder or a picture cannot be read
   */
  public static List<Prediction> predict(Path folder, List<Path> files) {
    try (Classifier classifier = load(folder)) {
      return classifier.predict(files);
    }
  }

  private Prediction prediction(String image, float[] p) {
    int[] truth = new int[head.task() == Task.MULTI_LABEL ? p.length : 1];
    var decided = new Predictions(head.task(), new int[][] {truth}, new float[][] {p}, p.length);
    var probabilities = new LinkedHashMap<String, Float>();
    var labels = new ArrayList<String>();
    for (int k = 0; k < p.length; k++) {
      probabilities.put(classNames.get(k), p[k]);
      if (decided.isPredicted(0, k)) {
        labels.add(classNames.get(k));
      }
    }
    return new Prediction(image, List.copyOf(labels), probabilities);
  }

  /**
   * Predicts labelled images and scores the predictions.
   *
   * @throws InputException where labels are missing or the classes are others
   */
  public ClassificationReport evaluate(ImageList images) {
    if (images.task() != head.task() || !images.classNames().equals(classNames)) {
      throw new InputException(
          "Classes %s (%s), but the classifier knows %s (%s)."
              .formatted(images.classNames(), images.task(), classNames, head.task()),
          "Evaluate on images of the same classes.");
    }
    Features features = encoder.embed(images, spec);
    return ClassificationReport.of(
        record.entries().getOrDefault("classifier", "classifier"),
        head.task(),
        features.targets(),
        probabilities(features),
        classNames,
        features.record().with(record));
  }

  private float[][] probabilities(Features features) {
    return Arrays.stream(features.vectors()).map(head::probabilities).toArray(float[][]::new);
  }

  /**
   * Writes the encoder as timm loads it, {@code head.safetensors} and {@code classifier.json}.
   *
   * @param folder made where it is missing; files of these names are replaced
   */
  public void save(Path folder) {
    encoder.save(folder);
    new SafetensorsWriter()
        .put(WEIGHT, head.flatWeight(), head.bias().length, head.dim())
        .put(BIAS, head.bias(), head.bias().length)
        .write(folder.resolve(HEAD));
    String json =
        Json.write(
            new Description(encoder.name(), head.task(), classNames, spec, record.entries()));
    AtomicFiles.write(
        folder.resolve(DESCRIPTION), out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws InputException where a file is missing or broken, or they do not fit together
   */
  public static Classifier load(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    Description description;
    try {
      description = Json.read(Files.readString(file), Description.class, file.toString());
    } catch (IOException e) {
      throw InputException.of(
          file, "cannot be read.", "Name a folder that a classifier was saved to.", e);
    }
    Encoder encoder = Encoder.load(folder);
    try (var stored = SafetensorsFile.open(folder.resolve(HEAD))) {
      int classes = description.classNames().size();
      int dim = description.features().tokens() * encoder.config().embedDim();
      float[] flat = stored.expectShape(WEIGHT, classes, dim).floats(WEIGHT);
      float[] bias = stored.expectShape(BIAS, classes).floats(BIAS);
      return new Classifier(
          encoder,
          description.features(),
          LinearHead.of(flat, bias, description.task()),
          description.classNames(),
          new RunRecord(description.record()));
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  /** Frees the encoder. */
  @Override
  public void close() {
    encoder.close();
  }

  /** Pictures without labels. */
  private record FileList(List<Path> files) implements ImageList {

    @Override
    public int size() {
      return files.size();
    }

    @Override
    public Sample get(int index) {
      return new Sample(files.get(index).toString(), ImageFile.read(files.get(index)));
    }

    @Override
    public Task task() {
      return Task.MULTI_CLASS;
    }

    @Override
    public List<String> classNames() {
      return List.of();
    }

    @Override
    public RunRecord record() {
      return new RunRecord(Map.of("data.files", String.valueOf(files.size())));
    }
  }
}
