package org.omnirad.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.dflib.jjava.jupyter.kernel.DisplayStream;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.plot.Plots;
import org.omnirad.train.MetricsLog;

class LiveCurvesTest {

  private static final String HEADER = "step,loss,dino,ibot,koleo,knn_accuracy\n";

  @TempDir private Path folder;

  private final Screen screen = new Screen();
  private final LiveCurves curves = new LiveCurves(screen);

  @Test
  void theCurvesAreOnePictureThatIsUpdatedAtTheEnd() throws IOException {
    MetricsLog log = log("1,9,5,4,0,0.5\n2,8,4.5,3.5,0,\n");
    for (int step = 0; step < 100; step++) {
      curves.added(log);
    }
    curves.ended(log);
    assertEquals(1, screen.shown.size());
    assertEquals(1, screen.updated.size(), "a hundred steps in a moment are not drawn");
    assertEquals(1, screen.ids.stream().distinct().count());
    assertEquals(2 * Plots.CURVES_WIDTH, screen.shown.get(0).getWidth());
    assertEquals(Plots.CURVES_HEIGHT, screen.shown.get(0).getHeight());
  }

  @Test
  void theCurvesAreDrawnAnewAfterAWhile() throws Exception {
    MetricsLog log = log("1,9,5,4,0,\n");
    curves.added(log);
    Thread.sleep(2_100);
    for (int i = 0; i < 100 && screen.updated.isEmpty(); i++) {
      curves.added(log); // the pause is longer where drawing was slow
      Thread.sleep(200);
    }
    assertEquals(1, screen.updated.size());
  }

  @Test
  void anInterruptedTrainingOpensNoPicture() throws IOException {
    MetricsLog log = log("1,9,5,4,0,0.5\n");
    Thread.currentThread().interrupt();
    curves.added(log);
    assertTrue(Thread.interrupted());
    curves.ended(log);
    assertTrue(screen.shown.isEmpty() && screen.updated.isEmpty());
  }

  @Test
  void aRunThatWasAtItsEndShowsNothing() throws IOException {
    curves.ended(log("1,9,5,4,0,0.5\n"));
    assertTrue(screen.shown.isEmpty());
  }

  @Test
  void aChartWithoutNumbersYetIsWhite() throws IOException {
    BufferedImage before = LiveCurves.draw(log("1,9,5,4,0,\n"));
    BufferedImage after = LiveCurves.draw(log("1,9,5,4,0,0.5\n"));
    assertEquals(before.getWidth(), after.getWidth());
    assertFalse(isWhite(before, 0), "the loss");
    assertTrue(isWhite(before, Plots.CURVES_WIDTH), "the accuracy");
    assertFalse(isWhite(after, Plots.CURVES_WIDTH), "the accuracy");
  }

  @Test
  void fineTuningShowsLossAndValidation() throws IOException {
    Path file = folder.resolve("tuning.csv");
    Files.writeString(file, "step,loss,val_accuracy,val_f1,val_auc\n4,0.7,0.6,0.5,0.8\n8,0.5,,,\n");
    BufferedImage picture = LiveCurves.draw(MetricsLog.read(file));
    assertFalse(isWhite(picture, 0), "the loss");
    assertFalse(isWhite(picture, Plots.CURVES_WIDTH), "the scores");
  }

  @Test
  void aTrainingWithOtherColumnsHasNoChart() throws IOException {
    Path file = folder.resolve("other.csv");
    Files.writeString(file, "step,other\n1,2\n");
    assertTrue(isWhite(LiveCurves.draw(MetricsLog.read(file)), 0));
  }

  private MetricsLog log(String rows) throws IOException {
    Path file = folder.resolve("metrics.csv");
    Files.writeString(file, HEADER + rows);
    return MetricsLog.read(file);
  }

  private static boolean isWhite(BufferedImage picture, int left) {
    for (int y = 0; y < Plots.CURVES_HEIGHT; y++) {
      for (int x = left; x < left + Plots.CURVES_WIDTH; x++) {
        if (picture.getRGB(x, y) != 0xFFFFFFFF) {
          return false;
        }
      }
    }
    return true;
  }

  /** Remembers the pictures that a cell would show. */
  private static final class Screen extends DisplayStream {
    final List<BufferedImage> shown = new ArrayList<>();
    final List<BufferedImage> updated = new ArrayList<>();
    final List<String> ids = new ArrayList<>();

    @Override
    public void display(DisplayData data) {
      shown.add(picture(data));
    }

    @Override
    public void updateDisplay(DisplayData data) {
      updated.add(picture(data));
    }

    private BufferedImage picture(DisplayData data) {
      ids.add(data.getDisplayId());
      byte[] png = Base64.getDecoder().decode((String) data.getData(MIMEType.IMAGE_PNG));
      try {
        return ImageIO.read(new ByteArrayInputStream(png));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
