package org.omnirad.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;

/**
 * Cross-validation: one list of images as k datasets that split it differently. The images fall
 * into k parts of equal size, or one apart. In the dataset at i, from 0 to k - 1, part i is for the
 * test, the next one (after the last comes the first) for validation, and the others for training;
 * so every image is tested once.
 *
 * <p>Each class, or combination of findings, is dealt out evenly: parts hold equally many of it, or
 * one apart. Images are dealt one by one; where several show the same patient, that patient can be
 * in several parts.
 */
public final class Folds {

  /** With fewer, nothing is left for training. */
  private static final int LEAST = 3;

  private Folds() {}

  /**
   * Deals the images of a list.
   *
   * @param images is to stay open while the datasets are read; they do not close it
   * @param k from 3 to the number of images
   * @param seed equal seeds give equal parts
   * @return k datasets
   * @throws InputException where k is out of range
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public static List<ImageDataset> of(ImageList images, int k, long seed) {
    if (k < LEAST || k > images.size()) {
      throw new InputException(
          String.format(Locale.ROOT, "%,d images cannot make %,d folds.", images.size(), k),
          images.size() < LEAST
              ? "Folds need at least three images."
              : String.format(Locale.ROOT, "Choose from %d to %,d.", LEAST, images.size()));
    }
    int[] parts = parts(images, k, seed);
    var folds = new ArrayList<ImageDataset>();
    for (int i = 0; i < k; i++) {
      folds.add(fold(images, parts, i, k, seed));
    }
    return List.copyOf(folds);
  }

  /** The part of each image. */
  private static int[] parts(ImageList images, int k, long seed) {
    String[] labels = labels(images);
    var shuffled = new EpochOrder(labels.length, new RandomSource(seed), "data/folds");
    int[] dealt =
        IntStream.range(0, labels.length)
            .map(shuffled::at)
            .boxed()
            .sorted(Comparator.comparing(i -> labels[i])) // stable: shuffled within a class
            .mapToInt(i -> i)
            .toArray();
    int[] parts = new int[labels.length];
    for (int d = 0; d < dealt.length; d++) {
      parts[dealt[d]] = d % k;
    }
    return parts;
  }

  private static String[] labels(ImageList images) {
    var labels = new String[images.size()];
    try (var progress = Progress.of("deal", "images", labels.length)) {
      for (int i = 0; i < labels.length; i++) {
        labels[i] = Arrays.toString(images.labels(i));
        progress.step(1);
      }
    }
    return labels;
  }

  private static Fold fold(ImageList images, int[] parts, int i, int k, long seed) {
    int next = (i + 1) % k;
    int[] train = indices(parts, part -> part != i && part != next);
    int[] val = indices(parts, part -> part == next);
    int[] test = indices(parts, part -> part == i);
    String fold = "%d of %d".formatted(i + 1, k);
    RunRecord record =
        images
            .record()
            .with("data.fold", fold + ", seed " + seed)
            .with("data.train", train.length)
            .with("data.val", val.length)
            .with("data.test", test.length);
    var splits = new EnumMap<Split, ImageList>(Split.class);
    Map.of(Split.TRAIN, train, Split.VAL, val, Split.TEST, test)
        .forEach(
            (split, indices) -> {
              Selection selection = Selection.of(images, indices);
              String only = selection.record().entries().get("data.only");
              splits.put(
                  split, selection.with(record.with("data.split", split).with("data.only", only)));
            });
    String name = images.record().entries().getOrDefault("data.name", "images");
    return new Fold(name + ", fold " + fold, images, splits, record);
  }

  private static int[] indices(int[] parts, IntPredicate wanted) {
    return IntStream.range(0, parts.length).filter(i -> wanted.test(parts[i])).toArray();
  }

  private record Fold(String name, ImageList images, Map<Split, ImageList> splits, RunRecord record)
      implements ImageDataset {

    @Override
    public Task task() {
      return images.task();
    }

    @Override
    public List<String> classNames() {
      return images.classNames();
    }

    @Override
    public List<String> maskClassNames() {
      return images.maskClassNames();
    }

    @Override
    public ImageList split(Split split) {
      return splits.get(split);
    }

    /** The data card. */
    @Override
    public String toString() {
      var card = new DataCard(name);
      card.line("task", CatalogueEntry.lowerCase(task()));
      card.line("fold", record.entries().get("data.fold"));
      card.table(
          List.of(
              DataCard.splits(""), DataCard.counts("images", split -> splits.get(split).size())));
      return card.toString();
    }
  }
}
