package org.omnirad;

import java.nio.file.Files;
import java.nio.file.Path;
import org.omnirad.data.Catalogue;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageFolder;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.Encoder;
import org.omnirad.notebook.KernelVersion;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.EngineRecord;

/** Where a notebook starts: datasets and encoders by name. */
public final class OmniRad {

  private OmniRad() {}

  /**
   * A dataset.
   *
   * @param name "phantom", whose pictures also come as "phantom-abdomen" (binary),
   *     "phantom-findings" (multi-label) and "phantom-grades" (ordinal), a name of the catalogue,
   *     or the path of a folder or zip with a folder for each class or laid out as RadImageNet
   * @param size side of the images in pixels, for datasets that exist in several sizes
   * @throws InputException where there is none of that name, or it cannot be found, fetched or read
   */
  public static ImageDataset dataset(String name, int size) {
    return switch (name) {
      case "phantom" -> PhantomDataset.of(phantom(size));
      case "phantom-abdomen" -> PhantomDataset.abdomen(phantom(size));
      case "phantom-findings" -> PhantomDataset.findings(phantom(size));
      case "phantom-grades" -> PhantomDataset.grades(phantom(size));
      default -> stored(name, size);
    };
  }

  private static PhantomConfig phantom(int size) {
    return PhantomConfig.defaults().withImageSize(size);
  }

  private static ImageDataset stored(String name, int size) {
    boolean listed = Catalogue.entries().stream().anyMatch(entry -> entry.name().equals(name));
    if (listed || !Files.exists(Path.of(name))) {
      return Catalogue.open(name, size);
    }
    return name.endsWith(".npz") ? Catalogue.open(Path.of(name)) : ImageFolder.open(Path.of(name));
  }

  /**
   * A dataset of the catalogue, or, where it cannot be had, phantom pictures with the same kind of
   * task in its stead, of that size; its name tells which of them it is. Those for a segmentation
   * set have the masks of their lesions.
   *
   * @param fetch whether to download it where it is not on this machine
   * @throws InputException where the name or size is unknown
   */
  public static ImageDataset datasetOrPhantom(String name, int size, boolean fetch) {
    if (fetch || isPresent(name, size)) {
      try {
        return dataset(name, size);
      } catch (InputException e) {
        if (isPresent(name, size)) {
          throw e; // it is here, but broken
        }
      }
    }
    return switch (Catalogue.find(name).task()) {
      case MULTI_CLASS -> dataset("phantom", size);
      case BINARY -> dataset("phantom-abdomen", size);
      case MULTI_LABEL -> dataset("phantom-findings", size);
      case ORDINAL -> dataset("phantom-grades", size);
    };
  }

  /**
   * Whether a dataset of the catalogue is on this machine, so that {@link #dataset} downloads
   * nothing.
   *
   * @throws InputException where the name or size is unknown
   */
  public static boolean isPresent(String name, int size) {
    return Catalogue.isPresent(name, size);
  }

  /**
   * An encoder with its weights.
   *
   * @param name a name of the {@link org.omnirad.encoder.EncoderCatalogue}, such as
   *     "omnirad-small", or "omnirad-tiny", which is part of this library; "hf:owner/repository" on
   *     the Hugging Face hub; or the path of a folder or safetensors file
   * @throws InputException where it cannot be found, fetched or read
   */
  public static Encoder encoder(String name) {
    return Encoder.of(name);
  }

  /** What results depend on besides their input: versions, operating system, processors. */
  public static RunRecord versions() {
    RunRecord record = RunRecord.ofMachine().with(EngineRecord.ofEngine());
    return KernelVersion.find().map(kernel -> record.with("kernel", kernel)).orElse(record);
  }
}
