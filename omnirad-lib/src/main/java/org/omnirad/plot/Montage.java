package org.omnirad.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.function.IntFunction;

/** Draws pictures in a grid of square tiles, one at a time. */
final class Montage {

  private static final int WIDTH = 720;
  private static final int MIN_TILE = 64;
  private static final int MAX_TILE = 176;
  private static final int GAP = 6;

  /** A picture and the text below it, which may be empty or have several lines. */
  record Tile(BufferedImage picture, String caption) {}

  private final int count;
  private final int columns;
  private final int side;
  private final Font font;
  private final int captionLines;

  Montage(int count, int columns, int captionLines) {
    this(WIDTH, count, columns, captionLines);
  }

  Montage(int width, int count, int columns, int captionLines) {
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
    var canvas =
        new BufferedImage(
            GAP + columns * (side + GAP), GAP + rows * cellHeight, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setFont(font);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    for (int i = 0; i < count; i++) {
      draw(g, tiles.apply(i), GAP + i % columns * (side + GAP), GAP + i / columns * cellHeight);
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
