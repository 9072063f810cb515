package org.omnirad.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import org.omnirad.data.RgbImage;

/** Draws images in a grid of square tiles. */
final class Montage {

  private static final int WIDTH = 900;
  private static final int MIN_TILE = 64;
  private static final int MAX_TILE = 224;
  private static final int GAP = 6;

  private final int columns;
  private final int tile;
  private final Font font;

  Montage(int columns) {
    this.columns = columns;
    this.tile = Math.clamp((WIDTH - GAP) / columns - GAP, MIN_TILE, MAX_TILE);
    this.font = new Font(Font.SANS_SERIF, Font.PLAIN, tile < 96 ? 11 : 13);
  }

  BufferedImage draw(List<RgbImage> images, List<String> captions) {
    boolean captioned = captions.stream().anyMatch(c -> !c.isEmpty());
    int captionHeight = captioned ? font.getSize() + 6 : 0;
    int shown = Math.min(columns, images.size());
    int rows = (images.size() + columns - 1) / columns;
    int cellHeight = tile + captionHeight + GAP;
    var canvas =
        new BufferedImage(
            GAP + shown * (tile + GAP), GAP + rows * cellHeight, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    g.setFont(font);
    for (int i = 0; i < images.size(); i++) {
      int x = GAP + i % columns * (tile + GAP);
      int y = GAP + i / columns * cellHeight;
      Pictures.drawInto(g, images.get(i).toBufferedImage(), x, y, tile);
      g.setColor(Color.BLACK);
      String text = fit(captions.get(i), g.getFontMetrics());
      int indent = (tile - g.getFontMetrics().stringWidth(text)) / 2;
      g.drawString(text, x + indent, y + tile + font.getSize() + 1);
    }
    g.dispose();
    return canvas;
  }

  private String fit(String text, FontMetrics metrics) {
    if (metrics.stringWidth(text) <= tile) {
      return text;
    }
    int length = text.length();
    while (length > 0 && metrics.stringWidth(text.substring(0, length) + "…") > tile) {
      length--;
    }
    return text.substring(0, length) + "…";
  }
}
