package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.metric.Task;
import org.omnirad.run.InputException;

class FoldsTest {

  private static final PhantomDataset PHANTOM =
      PhantomDataset.of(PhantomConfig.defaults().withImageSize(16).withSizes(53, 20, 30));

  private static final ImageList IMAGES = PHANTOM.allSplits();

  private static Set<String> ids(ImageList images) {
    var ids = new TreeSet<String>();
    IntStream.range(0, images.size()).forEach(i -> assertTrue(ids.add(images.get(i).id())));
    return ids;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 10})
  void everyImageIsTestedOnceAndChosenOnOnce(int k) {
    List<ImageDataset> folds = Folds.of(IMAGES, k, 7);
    assertEquals(k, folds.size());
    var tested = new ArrayList<String>();
    for (int i = 0; i < k; i++) {
      Set<String> test = ids(folds.get(i).split(Split.TEST));
      tested.addAll(test);
      assertEquals(ids(folds.get((i + k - 1) % k).split(Split.VAL)), test);
      assertTrue(test.size() == 103 / k || test.size() == 103 / k + 1, test.size() + " images");
      var all = new HashSet<>(test);
      all.addAll(ids(folds.get(i).split(Split.VAL)));
      all.addAll(ids(folds.get(i).split(Split.TRAIN)));
      assertEquals(ids(IMAGES), all);
      assertEquals(103, folds.get(i).allSplits().size(), "disjoint");
    }
    assertEquals(103, tested.size());
    assertEquals(ids(IMAGES), new HashSet<>(tested));
  }

  @Test
  void classesAreDealtEvenly() {
    int[] all = IMAGES.classCounts();
    for (ImageDataset fold : Folds.of(IMAGES, 4, 1)) {
      int[] test = fold.split(Split.TEST).classCounts();
      for (int c = 0; c < all.length; c++) {
        assertTrue(test[c] == all[c] / 4 || test[c] == all[c] / 4 + 1, Arrays.toString(test));
      }
    }
  }

  @Test
  void imagesWithoutLabelsAreDealtToo() {
    var images = new ListedImages(7, i -> ListedImages.sample("image " + i));
    List<ImageDataset> folds = Folds.of(images, 3, 1);
    assertEquals(3, folds.get(0).split(Split.TEST).size());
    assertEquals(2, folds.get(1).split(Split.TEST).size());
    assertEquals("images, fold 1 of 3", folds.get(0).name());
  }

  @Test
  void thereCanBeAsManyFoldsAsImages() {
    var images = new ListedImages(4, i -> ListedImages.sample("image " + i));
    for (ImageDataset fold : Folds.of(images, 4, 1)) {
      assertEquals(2, fold.split(Split.TRAIN).size());
      assertEquals(1, fold.split(Split.VAL).size());
      assertEquals(1, fold.split(Split.TEST).size());
    }
  }

  @Test
  void equalSeedsDealEqually() {
    Set<String> test = ids(Folds.of(IMAGES, 5, 7).get(2).split(Split.TEST));
    assertEquals(test, ids(Folds.of(IMAGES, 5, 7).get(2).split(Split.TEST)));
    assertNotEquals(test, ids(Folds.of(IMAGES, 5, 8).get(2).split(Split.TEST)));
  }

  @Test
  void aFoldIsADatasetWithItsRecord() {
    List<ImageDataset> folds = Folds.of(IMAGES, 5, 7);
    ImageDataset second = folds.get(1);
    assertEquals("phantom, fold 2 of 5", second.name());
    assertEquals(Task.MULTI_CLASS, second.task());
    assertEquals(PHANTOM.classNames(), second.classNames());
    assertEquals(List.of("background", "lesion"), second.maskClassNames());
    assertEquals(List.of("background", "lesion"), second.split(Split.VAL).maskClassNames());
    ImageList test = second.split(Split.TEST);
    assertArrayEquals(test.get(3).labels(), test.labels(3));
    Map<String, String> facts = test.record().entries();
    assertEquals("phantom", facts.get("data.name"));
    assertEquals("2 of 5, seed 7", facts.get("data.fold"));
    assertEquals("TEST", facts.get("data.split"));
    assertEquals("" + test.size(), facts.get("data.test"));
    assertEquals(5, folds.stream().map(fold -> fold.split(Split.TEST).record()).distinct().count());
    assertTrue(second.toString().contains("2 of 5, seed 7"), second.toString());
    assertTrue(second.toString().lines().anyMatch(line -> line.matches(" +images +61 +21 +21")));
  }

  @Test
  void aNumberOfFoldsOutOfRangeIsRefused() {
    String message = refusal(2);
    assertTrue(message.contains("103 images cannot make 2 folds. Choose from 3 to 103."), message);
    assertTrue(refusal(104).contains("Choose from 3 to 103."));
    assertTrue(refusal(-1).contains("Choose from 3 to 103."));
    var two = IMAGES.first(2);
    var e = assertThrows(InputException.class, () -> Folds.of(two, 3, 7));
    assertTrue(e.getMessage().contains("at least three images"), e.getMessage());
  }

  private static String refusal(int k) {
    return assertThrows(InputException.class, () -> Folds.of(IMAGES, k, 7)).getMessage();
  }
}
