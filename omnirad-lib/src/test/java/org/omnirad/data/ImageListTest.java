package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

class ImageListTest {

  private static final ImageList IMAGES =
      PhantomDataset.of(PhantomConfig.defaults().withImageSize(16)).split(Split.TRAIN).first(50);

  private static List<String> ids(ImageList images) {
    return IntStream.range(0, images.size()).mapToObj(i -> images.get(i).id()).toList();
  }

  @Test
  void firstTakesTheFirst() {
    assertEquals(ids(IMAGES).subList(0, 8), ids(IMAGES.first(8)));
    assertEquals(50, IMAGES.first(1000).size());
    assertEquals("8", IMAGES.first(8).record().entries().get("data.first"));
    assertThrows(IndexOutOfBoundsException.class, () -> IMAGES.first(8).get(8));
  }

  @Test
  void sampleDrawsWithoutReplacementAndKeepsTheOrder() {
    List<String> drawn = ids(IMAGES.sample(20, 1));
    assertEquals(20, new TreeSet<>(drawn).size());
    assertEquals(ids(IMAGES).stream().filter(drawn::contains).toList(), drawn);
    assertNotEquals(ids(IMAGES.first(20)), drawn);
    assertEquals(ids(IMAGES), ids(IMAGES.sample(1000, 1)));
  }

  @Test
  void equalSeedsDrawEqualSamples() {
    assertEquals(ids(IMAGES.sample(20, 1)), ids(IMAGES.sample(20, 1)));
    assertNotEquals(ids(IMAGES.sample(20, 1)), ids(IMAGES.sample(20, 2)));
  }

  @Test
  void everySampleIsDrawnAboutEquallyOften() {
    int[] times = new int[50];
    List<String> all = ids(IMAGES);
    for (int seed = 0; seed < 400; seed++) {
      ids(IMAGES.sample(5, seed)).forEach(id -> times[all.indexOf(id)]++);
    }
    // 40 expected, standard deviation 6
    assertEquals(50, IntStream.of(times).filter(t -> t > 15 && t < 65).count());
  }

  @Test
  void labelsAndCountsNeedNoImage() {
    ImageList undecodable = labelled(Task.MULTI_CLASS, new int[] {0}, new int[] {2}, new int[] {2});
    assertArrayEquals(new int[] {2}, undecodable.labels(1));
    assertArrayEquals(new int[] {1, 0, 2}, undecodable.classCounts());
    assertArrayEquals(new int[] {1, 0, 1}, undecodable.first(2).classCounts());
    assertArrayEquals(new int[] {7, 7, 6, 6, 6, 6, 6, 6}, IMAGES.classCounts());
    assertArrayEquals(IMAGES.get(13).labels(), IMAGES.labels(13));
  }

  @Test
  void ofAMultiLabelTaskEachFindingIsCounted() {
    ImageList findings =
        labelled(Task.MULTI_LABEL, new int[] {1, 0, 1}, new int[3], new int[] {0, 1, 1});
    assertArrayEquals(new int[] {1, 1, 2}, findings.classCounts());
  }

  @Test
  void onlyTakesTheSamplesAtItsIndices() {
    int[] indices = {7, 3, 3};
    ImageList selected = IMAGES.only(indices);
    indices[0] = 0;
    List<String> all = ids(IMAGES);
    assertEquals(List.of(all.get(7), all.get(3), all.get(3)), ids(selected));
    assertEquals(List.of("background", "lesion"), selected.maskClassNames());
    assertThrows(IndexOutOfBoundsException.class, () -> IMAGES.only(0, 50));
    assertThrows(IndexOutOfBoundsException.class, () -> IMAGES.only(-1));
    assertEquals(0, IMAGES.only().size());
  }

  @Test
  void eachSelectionHasItsOwnRecord() {
    assertEquals(IMAGES.only(7, 3).record(), IMAGES.only(7, 3).record());
    assertNotEquals(IMAGES.only(7, 3).record(), IMAGES.only(3, 7).record());
    assertNotEquals(IMAGES.only(0, 1).record(), IMAGES.first(20).only(0, 1).record());
    assertNotEquals(
        IMAGES.only(1, 2, 3).only(0, 1).record(), IMAGES.only(2, 3, 4).only(0, 1).record());
    // The same facts in another order: the first three of a class, and that class of the first.
    assertNotEquals(
        Map.copyOf(IMAGES.first(3).ofClasses("CT abdomen").record().entries()),
        Map.copyOf(IMAGES.ofClasses("CT abdomen").first(3).record().entries()));
  }

  @Test
  void samplesOfSomeClasses() {
    ImageList two = IMAGES.ofClasses("X-ray hand", "CT abdomen");
    assertEquals(13, two.size());
    assertArrayEquals(new int[] {0}, two.labels(0));
    assertArrayEquals(new int[] {7}, two.labels(1));
    assertEquals(IMAGES.classNames(), two.classNames());
    assertEquals("X-ray hand, CT abdomen", two.record().entries().get("data.of_classes"));
    ImageList findings =
        labelled(Task.MULTI_LABEL, new int[] {1, 0, 1}, new int[3], new int[] {0, 1, 1});
    assertEquals(2, findings.ofClasses("c").size());
    assertEquals(2, findings.ofClasses("a", "b").size());
    assertEquals(1, findings.ofClasses("a").size());
    var e = assertThrows(InputException.class, () -> findings.ofClasses("a", "d"));
    assertEquals("There is no class 'd'. Choose among a, b, c.", e.getMessage());
    var unlabelled = new ListedImages(2, i -> ListedImages.sample("image"));
    e = assertThrows(InputException.class, () -> unlabelled.ofClasses("a"));
    assertTrue(e.getMessage().contains("no labels"), e.getMessage());
  }

  @Test
  void theSplitsOfADatasetMakeOneList() {
    var dataset = PhantomDataset.of(PhantomConfig.defaults().withImageSize(16).withSizes(5, 2, 3));
    ImageList all = dataset.allSplits();
    assertEquals(
        List.of(
            "train/0", "train/1", "train/2", "train/3", "train/4", "val/0", "val/1", "test/0",
            "test/1", "test/2"),
        ids(all));
    assertArrayEquals(new int[] {1}, all.labels(6));
    assertEquals(dataset.classNames(), all.classNames());
    assertEquals(dataset.maskClassNames(), all.maskClassNames());
    assertEquals("all", all.record().entries().get("data.split"));
    assertThrows(IndexOutOfBoundsException.class, () -> all.get(10));
    assertThrows(IndexOutOfBoundsException.class, () -> all.labels(-1));
  }

  @Test
  void maskClassesComeThroughSelections() {
    List<String> names = List.of("background", "lesion");
    var dataset = PhantomDataset.of(PhantomConfig.defaults().withImageSize(16));
    assertEquals(names, dataset.maskClassNames());
    assertEquals(names, dataset.first(3, 2, 1).maskClassNames());
    assertEquals(names, dataset.first(3, 2, 1).split(Split.VAL).maskClassNames());
    assertEquals(names, IMAGES.first(1).maskClassNames());
    assertEquals(names, IMAGES.sample(1, 1).maskClassNames());
    assertEquals(names, IMAGES.ofClasses("CT head").maskClassNames());
    assertEquals(List.of(), labelled(Task.MULTI_CLASS).maskClassNames());
  }

  private static ImageList labelled(Task task, int[]... labels) {
    return new ImageList() {
      @Override
      public int size() {
        return labels.length;
      }

      @Override
      public Sample get(int index) {
        throw new AssertionError("decoded");
      }

      @Override
      public int[] labels(int index) {
        return labels[index];
      }

      @Override
      public Task task() {
        return task;
      }

      @Override
      public List<String> classNames() {
        return List.of("a", "b", "c");
      }

      @Override
      public RunRecord record() {
        return new RunRecord(Map.of());
      }
    };
  }
}
