package org.omnirad.pretrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnirad.augment.Effect;
import org.omnirad.augment.ViewConfig;
import org.omnirad.data.RgbImage;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;

class ViewPreviewTest {

  private static final int SIZE = 64;
  private static final int PATCH = 8;

  private final PhantomDataset dataset =
      PhantomDataset.of(PhantomConfig.defaults().withImageSize(SIZE).withSizes(16, 8, 8));
  private final PretrainConfig config =
      PretrainConfig.tiny().withBatch(new BatchConfig(8, 4, 1, 0));

  @Test
  void viewsThatChangeNothingAreTheImageItself() {
    ViewConfig same = unchanged();
    var preview =
        ViewPreview.of(dataset, config.withViews(new ViewsConfig(same, same, same, 0)), 8);
    List<RgbImage> pictures = preview.pictures();
    assertEquals(8 * ViewPreview.COLUMNS, pictures.size());
    for (int i = 0; i < pictures.size(); i += ViewPreview.COLUMNS) {
      assertSamePixels(pictures.get(i), pictures.get(i + 1));
      assertSamePixels(pictures.get(i), pictures.get(i + 2));
    }
  }

  @Test
  void hiddenPatchesAreGreyAndTheOthersThoseOfTheView() {
    var preview = ViewPreview.of(dataset, config, 8);
    int masked = 0;
    for (int i = 0; i < preview.pictures().size(); i += ViewPreview.COLUMNS) {
      for (int view = 1; view <= 2; view++) {
        int hidden =
            greyPatches(preview.pictures().get(i + view), preview.pictures().get(i + view + 2));
        String caption = hidden == 0 ? "nothing hidden" : hidden + " of 64 hidden";
        assertEquals(caption, preview.captions().get(i + view + 2));
        assertEquals("view " + view, preview.captions().get(i + view));
        masked += hidden > 0 ? 1 : 0;
      }
    }
    assertEquals(8, masked, "half of the 16 views");
  }

  @Test
  void fewerImagesAreTheFirstOnes() {
    var all = ViewPreview.of(dataset, config, 8);
    var two = ViewPreview.of(dataset, config, 2);
    assertEquals(all.captions().subList(0, 10), two.captions());
    assertEquals(ViewPreview.COLUMNS, two.columns());
    assertTrue(two.title().startsWith("phantom"), two::title);
    for (int i = 0; i < 10; i++) {
      assertSamePixels(all.pictures().get(i), two.pictures().get(i));
    }
  }

  @Test
  void refusesMoreImagesThanABatchHolds() {
    for (int images : new int[] {0, 9}) {
      var refused =
          assertThrows(
              IllegalArgumentException.class, () -> ViewPreview.of(dataset, config, images));
      assertTrue(refused.getMessage().contains("images is " + images), refused::getMessage);
    }
  }

  /** How many patches are grey; every other one must be as in the view. */
  private static int greyPatches(RgbImage view, RgbImage masked) {
    int grey = 0;
    for (int y = 0; y < SIZE; y += PATCH) {
      for (int x = 0; x < SIZE; x += PATCH) {
        boolean all = true;
        boolean same = true;
        for (int i = 0; i < PATCH * PATCH; i++) {
          int at = 3 * ((y + i / PATCH) * SIZE + x + i % PATCH);
          all &= masked.rgb()[at] == (byte) 128;
          same &= masked.rgb()[at] == view.rgb()[at];
        }
        assertTrue(all || same, "a patch is neither hidden nor shown");
        grey += all ? 1 : 0;
      }
    }
    return grey;
  }

  private static void assertSamePixels(RgbImage expected, RgbImage actual) {
    assertEquals(expected.rgb().length, actual.rgb().length);
    for (int i = 0; i < expected.rgb().length; i++) {
      assertEquals(expected.rgb()[i] & 255, actual.rgb()[i] & 255, 1);
    }
  }

  private static ViewConfig unchanged() {
    Effect no = Effect.none();
    return new ViewConfig(SIZE, 1, 1, 1, 1, 0, 0, no, 0, no, no, no, no, 0, no, no, no, no);
  }
}
