package org.omnirad.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Point;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** What the colours of a picture mean, below it. */
final class Legend {

  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  private static final FontRenderContext ANTIALIASED = new FontRenderContext(null, true, false);
  private static final int LINE = 24;
  private static final int SWATCH = 13;
  private static final int SPACE = 5;
  private static final int RAMP = 96;
  private static final int GREY = 0x808080;

  /**
   * Colours from left to right and the text beside them.
   *
   * @param before left of them
   * @param colors one for each column of pixels
   * @param after right of them
   */
  record Entry(String before, List<Color> colors, String after) {

    /** One colour. */
    static Entry of(Color color, String name) {
      return new Entry("", Collections.nCopies(SWATCH, color), name);
    }

    /** The colours of a probability. */
    static Entry probability() {
      List<Color> ramp =
          IntStream.range(0, RAMP)
              .mapToObj(x -> new Color(Pictures.over(GREY, AttentionOverlay.heat(x / (RAMP - 1.)))))
              .toList();
      return new Entry("probability 0", ramp, "1");
    }

    private int width() {
      double text = FONT.getStringBounds(before + after, ANTIALIASED).getWidth();
      return (int) Math.ceil(text) + colors.size() + 4 * SPACE;
    }

    private void draw(Graphics2D g, Point corner) {
      int top = corner.y + (LINE - SWATCH) / 2;
      int baseline = top + SWATCH - 2;
      int x = corner.x + SPACE;
      g.setColor(Color.BLACK);
      g.drawString(before, x, baseline);
      x += before.isEmpty() ? 0 : g.getFontMetrics().stringWidth(before) + SPACE;
      for (Color color : colors) {
        g.setColor(color);
        g.fillRect(x++, top, 1, SWATCH);
      }
      g.setColor(Color.BLACK);
      g.drawString(after, x + SPACE, baseline);
    }
  }

  private Legend() {}

  /** The picture with its legend, in as many lines as its width needs. */
  static BufferedImage below(BufferedImage picture, List<Entry> entries) {
    int[] widths = entries.stream().mapToInt(Entry::width).toArray();
    int width = Math.max(picture.getWidth(), Arrays.stream(widths).max().orElseThrow());
    var corners = new ArrayList<Point>();
    var next = new Point(0, picture.getHeight());
    for (int entryWidth : widths) {
      if (next.x + entryWidth > width) {
        next = new Point(0, next.y + LINE);
      }
      corners.add(next);
      next = new Point(next.x + entryWidth, next.y);
    }
    // Fewer shades: a third of the bytes.
    var canvas = new BufferedImage(width, next.y + LINE, BufferedImage.TYPE_USHORT_555_RGB);
    Graphics2D g = canvas.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setFont(FONT);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    g.drawImage(picture, 0, 0, null);
    for (int i = 0; i < widths.length; i++) {
      entries.get(i).draw(g, corners.get(i));
    }
    g.dispose();
    return Pictures.compact(canvas);
  }
}
