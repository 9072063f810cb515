package org.omnirad.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import javax.imageio.ImageIO;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.DisplayStream;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChartBuilder;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Split;
import org.omnirad.metric.Task;
import org.omnirad.report.Report;
import org.omnirad.run.RunRecord;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

class OmniRadExtensionTest {

  private final Renderer renderer = new Renderer();

  @BeforeEach
  void register() {
    OmniRadExtension.register(renderer);
  }

  @Test
  void theKernelFindsTheExtension() {
    var found = ServiceLoader.load(Extension.class).stream().map(p -> p.type().getName()).toList();
    assertTrue(found.contains("org.omnirad.notebook.OmniRadExtension"), found::toString);
  }

  @Test
  void aTableIsHtmlWithNumbersToTheRightAndEveryTextEscaped() {
    var table =
        Table.create(
            "a < b & c",
            StringColumn.create("name", "<script>", "it's \"b\""),
            DoubleColumn.create("share", 0.5, Double.NaN),
            IntColumn.create("images", 1234, 7));
    String html = html(table);
    assertTrue(html.contains("<p>a &lt; b &amp; c</p>"), html);
    assertTrue(html.contains("<td style=\"text-align: left\">&lt;script&gt;</td>"), html);
    assertTrue(html.contains("it&#39;s &quot;b&quot;"), html);
    assertTrue(html.contains("<td style=\"text-align: right\">0.5</td>"), html);
    assertTrue(html.contains("<td style=\"text-align: right\"></td>"), "a missing value is empty");
    assertFalse(html.contains("<script"), html);
    assertEquals(
        """
        a < b & c
        name      share  images
        <script>    0.5    1234
        it's "b"              7\
        """,
        text(table));
  }

  @Test
  void aLongTableIsCutAndSaysItsSize() {
    var table = Table.create("long", IntColumn.indexColumn("i", 1234, 0));
    String html = html(table);
    assertTrue(html.contains("1,234 rows x 1 columns"), html);
    assertTrue(html.contains(">19</td>") && html.contains(">1233</td>"), html);
    assertFalse(html.contains(">20</td>"), html);
    assertTrue(text(table).endsWith("1233\n1,234 rows x 1 columns"));
    assertEquals(2 + 20 + 1 + 5 + 1, text(table).lines().count());
    assertFalse(html(table.first(60)).contains("rows x"), "sixty rows are shown");
  }

  @Test
  void aWideTableIsCutAndSaysItsSize() {
    var table = Table.create("wide");
    for (int i = 0; i < 50; i++) {
      table.addColumns(IntColumn.create("c" + i, 1));
    }
    assertTrue(html(table).contains("1 rows x 50 columns"));
    assertFalse(html(table).contains("c30"));
  }

  @Test
  void aColumnKeepsItsOwnPrintFormat() {
    var share = DoubleColumn.create("share", 0.731, 0.25);
    var percent = new DecimalFormat("0.0%", DecimalFormatSymbols.getInstance(Locale.ROOT));
    share.setPrintFormatter(new NumberColumnFormatter(percent));
    assertTrue(html(Table.create("t", share)).contains(">73.1%</td>"));
  }

  @Test
  void anEmptyTableIsShown() {
    assertTrue(html(Table.create("none")).contains("<p>none</p>"));
    assertEquals("none\n", text(Table.create("none")));
  }

  @Test
  void aReportIsATableWithItsRunRecordFolded() {
    var report =
        new Scores(
            "kNN <test>",
            List.of("metric", "value", "n"),
            List.of(List.of("accuracy", 0.8590, 156), List.of("AUC", 0.91234, 156)),
            new RunRecord(java.util.Map.of("seed", "7")));
    String html = html(report);
    assertTrue(html.contains("<b>kNN &lt;test&gt;</b>"), html);
    assertTrue(html.contains("<td style=\"text-align: right\">0.8590</td>"), html);
    assertTrue(html.contains("<details><summary>Run record</summary>"), html);
    assertTrue(html.indexOf("<details>") < html.indexOf(">seed</td>"), html);
    assertEquals(
        """
        kNN <test>
        metric     value    n
        accuracy  0.8590  156
        AUC       0.9123  156\
        """,
        text(report));
  }

  @Test
  void aChartIsAPngOfItsOwnSize() throws IOException {
    var chart = new XYChartBuilder().width(320).height(200).title("t").build();
    chart.addSeries("s", new double[] {1, 2}, new double[] {3, 4});
    BufferedImage png = png(chart);
    assertEquals(320, png.getWidth());
    assertEquals(200, png.getHeight());
    assertEquals("XYChart 320 x 200", text(chart));
  }

  @Test
  void anImageIsAPngOfItsPixels() throws IOException {
    var image = new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 4, 0x123456);
    assertEquals(0xff123456, png(image).getRGB(3, 4));
    assertEquals("BufferedImage 30 x 20", text(image));
  }

  @Test
  void aSmallImageIsEnlargedByWholePixels() throws IOException {
    byte[] grey = new byte[28 * 28];
    grey[28 + 2] = (byte) 200;
    var image = RgbImage.ofGrey(28, 28, grey);
    BufferedImage png = png(image);
    assertEquals(140, png.getWidth());
    assertEquals(200, png.getRaster().getSample(10, 5, 0));
    assertEquals(200, png.getRaster().getSample(14, 9, 0));
    assertEquals(0, png.getRaster().getSample(15, 9, 0));
    assertEquals("RgbImage 28 x 28, shown 5 times larger", text(image));
    assertEquals("RgbImage 224 x 224", text(RgbImage.ofGrey(224, 224, new byte[224 * 224])));
  }

  @Test
  void aDatasetShowsItsCard() {
    var dataset = new Card();
    assertTrue(html(dataset).endsWith(">Card\n2 classes &lt;a, b&gt;</pre>"), html(dataset));
    assertEquals(dataset.toString(), text(dataset));
  }

  @Test
  void arraysShowTheirFirstValuesAndNoIdentityHash() {
    assertEquals("[1.0, 2.5]", text(new float[] {1, 2.5f}));
    assertEquals("[[1, 2],\n [3]]", text(new int[][] {{1, 2}, {3}}));
    assertEquals("[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ... 1,000 in all]", text(new long[1000]));
    assertEquals("[a, null]", text(new String[] {"a", null}));
  }

  @Test
  void progressIsOneOutputThatIsUpdated() {
    var screen = new Screen();
    var line = new ProgressLine(screen);
    line.accept("embed: 1/3");
    line.accept("embed: 2/3");
    line.accept("embed: 3/3");
    assertEquals(List.of("embed: 1/3"), screen.shown);
    assertEquals(List.of("embed: 2/3", "embed: 3/3"), screen.updated);
    assertEquals(1, screen.ids.stream().distinct().count());
  }

  @Test
  void everyLoopHasALineOfItsOwn() {
    var screen = new Screen();
    new ProgressLine(screen).accept("a");
    new ProgressLine(screen).accept("b");
    assertEquals(List.of("a", "b"), screen.shown);
    assertEquals(2, screen.ids.stream().distinct().count());
  }

  private String html(Object value) {
    return (String) renderer.render(value).getData(MIMEType.TEXT_HTML);
  }

  private String text(Object value) {
    return (String) renderer.render(value).getData(MIMEType.TEXT_PLAIN);
  }

  private BufferedImage png(Object value) throws IOException {
    DisplayData data = renderer.render(value);
    assertNull(data.getData(MIMEType.TEXT_HTML));
    byte[] png = Base64.getDecoder().decode((String) data.getData(MIMEType.IMAGE_PNG));
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private record Scores(
      String title, List<String> columns, List<List<Object>> rows, RunRecord record)
      implements Report {}

  /** Remembers what a cell would show. */
  private static final class Screen extends DisplayStream {
    final List<String> shown = new ArrayList<>();
    final List<String> updated = new ArrayList<>();
    final List<String> ids = new ArrayList<>();

    @Override
    public void display(DisplayData data) {
      shown.add((String) data.getData(MIMEType.TEXT_PLAIN));
      ids.add(data.getDisplayId());
    }

    @Override
    public void updateDisplay(DisplayData data) {
      updated.add((String) data.getData(MIMEType.TEXT_PLAIN));
      ids.add(data.getDisplayId());
    }
  }

  private static final class Card implements ImageDataset {
    @Override
    public String name() {
      return "card";
    }

    @Override
    public Task task() {
      return Task.MULTI_CLASS;
    }

    @Override
    public List<String> classNames() {
      return List.of("a", "b");
    }

    @Override
    public ImageList split(Split split) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RunRecord record() {
      return RunRecord.ofMachine();
    }

    @Override
    public String toString() {
      return "Card\n2 classes <a, b>";
    }
  }
}
