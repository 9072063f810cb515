package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.metric.Task;
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
