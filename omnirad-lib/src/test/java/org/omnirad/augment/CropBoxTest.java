package org.omnirad.augment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CropBoxTest {

  private static final int BOXES = 20_000;

  @Test
  void areaAndAspectAreAsConfiguredAndPlacesUniform() {
    ViewConfig config = ViewConfig.radiology(64).withArea(0.2, 0.5);
    var random = new SplittableRandom(3);
    double area = 0;
    double logAspect = 0;
    double place = 0;
    for (int i = 0; i < BOXES; i++) {
      CropBox box = CropBox.draw(config, 300, 300, random);
      assertTrue(box.top() >= 0 && box.top() + box.height() <= 300, box.toString());
      assertTrue(box.left() >= 0 && box.left() + box.width() <= 300, box.toString());
      double part = box.height() * box.width() / 9e4;
      assertTrue(part > 0.198 && part < 0.502, box.toString());
      double aspect = (double) box.width() / box.height();
      assertTrue(aspect > 0.74 && aspect < 1.35, box.toString());
      area += part;
      logAspect += Math.log(aspect);
      place += (box.top() + 0.5) / (301 - box.height());
    }
    // Four standard errors of uniform draws.
    assertEquals(0.35, area / BOXES, 4 * 0.3 / Math.sqrt(12.0 * BOXES));
    double range = 2 * Math.log(4.0 / 3);
    assertEquals(0, logAspect / BOXES, 4 * range / Math.sqrt(12.0 * BOXES));
    assertEquals(0.5, place / BOXES, 4 / Math.sqrt(12.0 * BOXES));
  }

  @Test
  void everyPixelCanBeTheLast() {
    ViewConfig config = ViewConfig.radiology(64).withArea(0.1, 0.2);
    var random = new SplittableRandom(3);
    int bottom = 0;
    int top = 9;
    for (int i = 0; i < 1000; i++) {
      CropBox box = CropBox.draw(config, 9, 9, random);
      bottom = Math.max(bottom, box.top() + box.height());
      top = Math.min(top, box.top());
    }
    assertEquals(9, bottom);
    assertEquals(0, top);
  }

  @Test
  void whereNothingFitsTheLargestCentralBoxIsTaken() {
    ViewConfig whole = ViewConfig.radiology(64).withArea(1, 1);
    var random = new SplittableRandom(3);
    assertEquals(new CropBox(0, 133, 100, 133), CropBox.draw(whole, 100, 400, random));
    assertEquals(new CropBox(133, 0, 133, 100), CropBox.draw(whole, 400, 100, random));
    assertEquals(new CropBox(0, 0, 1, 1), CropBox.draw(whole, 1, 1, random));
    CropBox column = CropBox.draw(whole, 500, 1, random);
    assertEquals(1, column.height());
    assertEquals(1, column.width());
  }

  @Test
  void hullHoldsBoth() {
    assertEquals(new CropBox(1, 0, 9, 12), new CropBox(1, 4, 3, 8).hull(new CropBox(2, 0, 8, 5)));
  }
}
