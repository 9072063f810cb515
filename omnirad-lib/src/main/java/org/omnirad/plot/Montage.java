package org.omnirad.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Draws pictures in a grid of square tiles, one at a time, below a title. */
final class Montage {

  private static final int WIDTH = 720;
  private static final int MIN_TILE = 64;
  private static final int MAX_TILE = 176;
  private static final int GAP = 6;
  private static final Font TITLE_FONT = new Font(Font.SANS_SERIF, Font.BOLD, 14);
  private static final int TITLE_LINE = 18;
  private static final FontRenderContext ANTIALIASED = new FontRenderContext(null, true, false);

  /** A picture and the text below it, which may be empty or have several lines. */
  record Tile(BufferedImage picture, String caption) {}

  private final String title;
  private final int count;
  private final int columns;
  private final int side;
  private final Font font;
  private final int captionLines;

  /**
   * A montage that is yet to be drawn.
   *
   * @param title may be empty; it is broken between words where it is wider than the tiles
   */
  Montage(String title, int count, int columns, int captionLines) {
    this(WIDTH, title, count, columns, captionLines);
  }

  Montage(int width, String title, int count, int columns, int captionLines) {
    this.title = title;
    this.count = count;
    this.columns = Math.min(count, columns);
    side = Math.clamp((width - GAP) / columns - GAP, MIN_TILE, MAX_TILE);
    font = new Font(Font.SANS_SERIF, Font.PLAIN, side < 96 ? 11 : 13);
    this.captionLines = captionLines;
  }

  /** The width and height of a tile's picture in pixels. */
  int side() {
    return side;
  }

  BufferedImage draw(IntFunction<Tile> tiles) {
    int rows = (count + columns - 1) / columns;
    int cellHeight = side + (captionLines == 0 ? 0 : captionLines * lineHeight() + 2) + GAP;
    int width = GAP + columns * (side + GAP);
    List<String> titleLines = titleLines(width - 2 * GAP);
    int top = GAP + titleLines.size() * TITLE_LINE + (titleLines.isEmpty() ? 0 : GAP);
    var canvas = new BufferedImage(width, top + rows * cellHeight, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    g.setColor(Color.BLACK);
    g.setFont(TITLE_FONT);
    for (int i = 0; i < titleLines.size(); i++) {
      int indent = (width - titleWidth(titleLines.get(i))) / 2;
      g.drawString(titleLines.get(i), indent, GAP + i * TITLE_LINE + TITLE_FONT.getSize());
    }
    g.setFont(font);
    for (int i = 0; i < count; i++) {
      draw(g, tiles.apply(i), GAP + i % columns * (side + GAP), top + i / columns * cellHeight);
    }
    g.dispose();
    return Pictures.compact(canvas);
  }

  private void draw(Graphics2D g, Tile tile, int x, int y) {
    BufferedImage picture = Pictures.fit(tile.picture, side);
    g.setColor(Color.BLACK);
    g.fillRect(x, y, side, side);
    g.drawImage(
        picture, x + (side - picture.getWidth()) / 2, y + (side - picture.getHeight()) / 2, null);
    int baseline = y + side + font.getSize() + 1;
    for (String line : tile.caption.lines().toList()) {
      String text = cut(line, g.getFontMetrics());
      int indent = (side - g.getFontMetrics().stringWidth(text)) / 2;
      g.drawString(text, x + indent, baseline);
      baseline += lineHeight();
    }
  }

  private List<String> titleLines(int width) {
    var lines = new ArrayList<String>();
    for (String word : title.split(" ", -1)) {
      String longer = lines.isEmpty() ? word : lines.getLast() + " " + word;
      if (lines.isEmpty() || titleWidth(longer) > width) {
        lines.add(word);
      } else {
        lines.set(lines.size() - 1, longer);
      }
    }
    return title.isEmpty() ? List.of() : lines;
  }

  private static int titleWidth(String text) {
    return (int) Math.ceil(TITLE_FONT.getStringBounds(text, ANTIALIASED).getWidth());
  }

  private int lineHeight() {
    return font.getSize() + 4;
  }

  private String cut(String text, FontMetrics metrics) {
    if (metrics.stringWidth(text) <= side) {
      return text;
    }
    int length = text.length();
    while (length > 0 && metrics.stringWidth(text.substring(0, length) + "…") > side) {
      length--;
    }
    return text.substring(0, length).strip() + "…";
  }
}
