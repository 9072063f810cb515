package org.omnirad.segment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageFile;
import org.omnirad.data.ImageList;
import org.omnirad.data.PrefetchedBatches;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.encoder.Encoder;
import org.omnirad.report.Segmentation;
import org.omnirad.report.SegmentationReport;
import org.omnirad.run.AtomicFiles;
import org.omnirad.run.InputException;
import org.omnirad.run.Json;
import org.omnirad.run.Progress;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.SafetensorsFile;
import org.omnirad.tensor.SafetensorsWriter;

/**
 * Finds the class of each pixel: an encoder and a dense adapter on its tokens. It owns its encoder.
 */
public final class Segmenter implements AutoCloseable {

  private static final String ADAPTER = "adapter.safetensors";
  private static final String DESCRIPTION = "segmenter.json";
  private static final int BATCH_SIZE = 8;

  /** What stands in {@code segmenter.json}. */
  private record Description(
      String encoder,
      DenseConfig adapter,
      int imageSize,
      List<String> classNames,
      Map<String, String> record) {}

  private final SegmentNetwork network;
  private final RunRecord record;

  Segmenter(SegmentNetwork network, RunRecord record) {
    this.network = network;
    this.record = record;
  }

  /** Trains a segmenter; as {@link SegmentTrainer#fit(Encoder, ImageDataset, SegmentConfig)}. */
  public static Segmenter fit(Encoder encoder, ImageDataset dataset, SegmentConfig config) {
    return SegmentTrainer.fit(encoder, dataset, config);
  }

  /**
   * Trains a segmenter in a run folder, or goes on; as {@link SegmentTrainer#fit(Encoder,
   * ImageDataset, SegmentConfig, Path)}.
   */
  public static Segmenter fit(
      Encoder encoder, ImageDataset dataset, SegmentConfig config, Path folder) {
    return SegmentTrainer.fit(encoder, dataset, config, folder);
  }

  /** The encoder; closed with this segmenter. */
  public Encoder encoder() {
    return network.encoder();
  }

  /** The K class names, that of the background first. */
  public List<String> classNames() {
    return network.classNames();
  }

  /** Where it comes from: data, encoder, config, seed, versions. */
  public RunRecord record() {
    return record;
  }

  /**
   * The classes of an image's pixels. The image is resized to what the network sees, and the
   * probabilities back to the image's own size.
   *
   * @throws InputException where the image is smaller than one patch
   */
  public Segmentation predict(RgbImage image) {
    return network.predict(List.of("The image"), List.of(image)).get(0);
  }

  /**
   * The classes of the pixels of a picture in a file.
   *
   * @throws InputException where it cannot be decoded, or is smaller than one patch
   */
  public Segmentation predict(Path file) {
    return network.predict(List.of(file.toString()), List.of(ImageFile.read(file))).get(0);
  }

  /**
   * Predicts images with masks and scores the predictions, each at the image's own size.
   *
   * @throws InputException where masks are missing or the classes are others
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public SegmentationReport evaluate(ImageList images) {
    if (!images.maskClassNames().equals(classNames())) {
      throw new InputException(
          "Masks of %s, but the segmenter knows %s."
              .formatted(images.maskClassNames(), classNames()),
          "Evaluate on images with masks of the same classes.");
    }
    String data = images.record().entries().getOrDefault("data.name", "images");
    String title = "dense adapter on %s, %s".formatted(encoder().name(), data);
    var report = SegmentationReport.builder(title, classNames());
    try (var batches = new PrefetchedBatches(images, BATCH_SIZE);
        var progress = Progress.of("segment", "images", images.size())) {
      while (batches.hasNext()) {
        List<Sample> batch = batches.next();
        List<byte[]> truth = batch.stream().map(network::mask).toList();
        List<Segmentation> found =
            network.predict(
                batch.stream().map(Sample::id).toList(),
                batch.stream().map(Sample::image).toList());
        for (int i = 0; i < batch.size(); i++) {
          Segmentation s = found.get(i);
          report.add(batch.get(i).id(), s.width(), s.height(), truth.get(i), s.mask());
        }
        progress.step(batch.size());
      }
    }
    return report.build(images.record().with(encoder().record()).with(record));
  }

  /**
   * Writes the encoder as timm loads it, {@code adapter.safetensors} and {@code segmenter.json}.
   *
   * @param folder made where it is missing; files of these names are replaced
   */
  public void save(Path folder) {
    encoder().save(folder);
    var writer = new SafetensorsWriter();
    network.adapter().namedParameters().forEach((name, p) -> writer.put(name, p.getArray()));
    writer.write(folder.resolve(ADAPTER));
    String json =
        Json.write(
            new Description(
                encoder().name(),
                network.config(),
                network.imageSize(),
                classNames(),
                record.entries()));
    AtomicFiles.write(
        folder.resolve(DESCRIPTION), out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws InputException where a file is missing or broken, or they do not fit together
   */
  public static Segmenter load(Path folder) {
    Path file = folder.resolve(DESCRIPTION);
    Description description;
    try {
      description = Json.read(Files.readString(file), Description.class, file.toString());
    } catch (IOException e) {
      throw InputException.of(
          file, "cannot be read.", "Name a folder that a segmenter was saved to.", e);
    }
    Encoder encoder = Encoder.load(folder);
    try (var stored = SafetensorsFile.open(folder.resolve(ADAPTER))) {
      var network =
          SegmentNetwork.stored(
              encoder,
              description.adapter(),
              description.imageSize(),
              description.classNames(),
              (name, shape) -> stored.expectShape(name, shape.getShape()).floats(name));
      return new Segmenter(network, new RunRecord(description.record()));
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  /** Frees the network. */
  @Override
  public void close() {
    network.close();
  }
}
