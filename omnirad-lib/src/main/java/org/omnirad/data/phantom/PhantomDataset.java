package org.omnirad.data.phantom;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.metric.Task;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;

/**
 * The embedded dataset: CT-, MR-, ultrasound- and X-ray-like pictures of several body regions,
 * drawn when asked for. Nothing is read or downloaded; the same configuration gives the same
 * pictures. Not medical images, and no substitute for them.
 *
 * <p>Each sample has one label (modality and region), a mask of its lesion (1 on the lesion, 0
 * elsewhere; all 0 where there is none) and a caption that states modality, region, finding, size
 * and place. Classes take turns by index, so every split is balanced. Safe for use by several
 * threads at once.
 */
public final class PhantomDataset implements ImageDataset {

  private static final String VERSION = "phantom-v1";

  private static final List<Examination> EXAMINATIONS = List.of(Examination.values());

  private static final List<String> CLASS_NAMES =
      EXAMINATIONS.stream().map(Examination::label).toList();

  private final PhantomConfig config;

  private PhantomDataset(PhantomConfig config) {
    this.config = config;
  }

  /** The dataset of one configuration; nothing is drawn yet. */
  public static PhantomDataset of(PhantomConfig config) {
    return new PhantomDataset(config);
  }

  /** The configuration it was made from. */
  public PhantomConfig config() {
    return config;
  }

  @Override
  public String name() {
    return "phantom";
  }

  @Override
  public Task task() {
    return Task.MULTI_CLASS;
  }

  @Override
  public List<String> classNames() {
    return CLASS_NAMES;
  }

  @Override
  public ImageList split(Split split) {
    return new PhantomList(split);
  }

  @Override
  public RunRecord record() {
    return new RunRecord(java.util.Map.of())
        .with("data.name", name())
        .with(
            "data.identity",
            "%s seed %d size %d".formatted(VERSION, config.seed(), config.imageSize()))
        .with("data.train", config.trainSize())
        .with("data.val", config.valSize())
        .with("data.test", config.testSize());
  }

  private int size(Split split) {
    return switch (split) {
      case TRAIN -> config.trainSize();
      case VAL -> config.valSize();
      case TEST -> config.testSize();
    };
  }

  /** The data card. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        """
        phantom: drawn radiology-like pictures (not medical images)
          images    %d x %d px, grey repeated to RGB
          splits    train %,d, val %,d, test %,d (classes take turns)
          task      %d classes: %s
          masks     1 on the lesion, 0 elsewhere; about one image in four has none
          captions  one sentence: modality, region, finding, size, place
          source    %s, seed %d; drawn by this library""",
        config.imageSize(),
        config.imageSize(),
        config.trainSize(),
        config.valSize(),
        config.testSize(),
        CLASS_NAMES.size(),
        String.join(", ", CLASS_NAMES),
        VERSION,
        config.seed());
  }

  private final class PhantomList implements ImageList {

    private final Split split;

    PhantomList(Split split) {
      this.split = split;
    }

    @Override
    public int size() {
      return PhantomDataset.this.size(split);
    }

    @Override
    public Task task() {
      return PhantomDataset.this.task();
    }

    @Override
    public List<String> classNames() {
      return CLASS_NAMES;
    }

    @Override
    public RunRecord record() {
      return PhantomDataset.this.record().with("data.split", split);
    }

    @Override
    public int[] labels(int index) {
      return new int[] {Objects.checkIndex(index, size()) % CLASS_NAMES.size()};
    }

    @Override
    public Sample get(int index) {
      int[] labels = labels(index);
      String folder = split.name().toLowerCase(Locale.ROOT);
      int n = config.imageSize();
      Picture picture =
          EXAMINATIONS
              .get(labels[0])
              .draw(n, new RandomSource(config.seed()).at(index, "phantom/" + folder));
      return new Sample(
          folder + "/" + index,
          RgbImage.ofGrey(n, n, picture.grey()),
          labels,
          Optional.of(picture.mask()),
          Optional.of(picture.caption()));
    }
  }
}
