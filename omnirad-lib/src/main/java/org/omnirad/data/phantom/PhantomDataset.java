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
 * <p>Each sample has its labels, a mask of its lesion (1 on the lesion, 0 elsewhere; all 0 where
 * there is none) and a caption that states modality, region, finding, size and place. Examinations
 * (modality and region) take turns by index. The same pictures come with one of four kinds of
 * labels: the {@linkplain #of examination}, {@linkplain #abdomen whether it is of the abdomen}, the
 * {@linkplain #findings findings}, or the {@linkplain #grades grade} of the lesion. Safe for use by
 * several threads at once.
 */
public final class PhantomDataset implements ImageDataset {

  private static final String VERSION = "phantom-v1";

  private static final List<String> MASK_CLASS_NAMES = List.of("background", "lesion");

  static final List<Examination> EXAMINATIONS = List.of(Examination.values());

  private final PhantomConfig config;
  private final Labelling labelling;

  private PhantomDataset(PhantomConfig config, Labelling labelling) {
    this.config = config;
    this.labelling = labelling;
  }

  /**
   * Pictures labelled by their examination, one of eight classes, so that every split is balanced;
   * nothing is drawn yet.
   */
  public static PhantomDataset of(PhantomConfig config) {
    return new PhantomDataset(config, Labelling.EXAMINATION);
  }

  /** The same pictures, of the abdomen or elsewhere, a binary task; one in four is of it. */
  public static PhantomDataset abdomen(PhantomConfig config) {
    return new PhantomDataset(config, Labelling.ABDOMEN);
  }

  /**
   * The same pictures with the findings of a multi-label task, of which about one in four has none:
   * a lesion that is brighter than its surroundings, one that is darker, a large one (longest
   * diameter at least 15 % of the picture's width), and an irregular border (that varies by a fifth
   * of the radius or more).
   */
  public static PhantomDataset findings(PhantomConfig config) {
    return new PhantomDataset(config, Labelling.FINDINGS);
  }

  /**
   * The same pictures with the grade of the lesion, an ordinal task, by how large it appears: 0
   * where there is none, 1 where its longest diameter is below 8 % of the picture's width, 2 below
   * 15 %, 3 below 25 %, 4 above.
   */
  public static PhantomDataset grades(PhantomConfig config) {
    return new PhantomDataset(config, Labelling.GRADE);
  }

  /** The configuration it was made from. */
  public PhantomConfig config() {
    return config;
  }

  @Override
  public String name() {
    return labelling.dataset;
  }

  @Override
  public Task task() {
    return labelling.task;
  }

  @Override
  public List<String> classNames() {
    return labelling.classNames();
  }

  @Override
  public List<String> maskClassNames() {
    return MASK_CLASS_NAMES;
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
        %s: drawn radiology-like pictures (not medical images)
          images    %d x %d px, grey repeated to RGB
          splits    train %,d, val %,d, test %,d (%s take turns)
          task      %d %s: %s
          masks     1 on the lesion, 0 elsewhere; about one image in four has none
          captions  one sentence: modality, region, finding, size, place
          source    %s, seed %d; drawn by this library""",
        name(),
        config.imageSize(),
        config.imageSize(),
        config.trainSize(),
        config.valSize(),
        config.testSize(),
        labelling == Labelling.EXAMINATION ? "classes" : "examinations",
        classNames().size(),
        kind(),
        String.join(", ", classNames()),
        VERSION,
        config.seed());
  }

  private String kind() {
    return switch (labelling) {
      case EXAMINATION, ABDOMEN -> "classes";
      case FINDINGS -> "findings, any or none in a picture";
      case GRADE -> "grades in this order";
    };
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
      return labelling.classNames();
    }

    @Override
    public List<String> maskClassNames() {
      return MASK_CLASS_NAMES;
    }

    @Override
    public RunRecord record() {
      return PhantomDataset.this.record().with("data.split", split);
    }

    @Override
    public int[] labels(int index) {
      // What there is to see does not depend on the size, so that the smallest picture tells it.
      Optional<Finding> finding =
          labelling == Labelling.EXAMINATION || labelling == Labelling.ABDOMEN
              ? Optional.empty()
              : draw(index, PhantomConfig.MIN_IMAGE_SIZE).finding();
      return labelling.labels(examination(index), finding);
    }

    @Override
    public Sample get(int index) {
      int n = config.imageSize();
      Picture picture = draw(index, n);
      return new Sample(
          folder() + "/" + index,
          RgbImage.ofGrey(n, n, picture.grey()),
          labelling.labels(examination(index), picture.finding()),
          Optional.of(picture.mask()),
          Optional.of(picture.caption()));
    }

    private Picture draw(int index, int n) {
      return EXAMINATIONS
          .get(examination(index))
          .draw(n, new RandomSource(config.seed()).at(index, "phantom/" + folder()));
    }

    private int examination(int index) {
      return Objects.checkIndex(index, size()) % EXAMINATIONS.size();
    }

    private String folder() {
      return split.name().toLowerCase(Locale.ROOT);
    }
  }
}
