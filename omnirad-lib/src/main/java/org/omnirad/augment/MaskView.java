package org.omnirad.augment;

/** The view of a mask that goes with the view of its image: the same crop, flips and rotation. */
final class MaskView {

  private final ViewDraw draw;
  private final int size;

  MaskView(ViewDraw draw, int size) {
    this.draw = draw;
    this.size = size;
  }

  /**
   * Takes the nearest value for each pixel of the view, 0 outside the crop.
   *
   * @param mask values row by row
   * @param width pixels of a row
   * @return size x size values
   */
  byte[] of(byte[] mask, int width) {
    byte[] view = new byte[size * size];
    double angle = Math.toRadians(draw.rotation());
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    double middle = size / 2.0;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double v = y + 0.5 - middle;
        double u = x + 0.5 - middle;
        double column = cos * u - sin * v + middle;
        double row = sin * u + cos * v + middle;
        if (row >= 0 && row < size && column >= 0 && column < size) {
          view[y * size + x] = mask[source(row, column, width)];
        }
      }
    }
    return view;
  }

  /** The pixel of the mask at a point of the crop, whose sides are {@code size} long. */
  private int source(double row, double column, int width) {
    CropBox box = draw.box();
    double down = draw.upsideDown() ? size - row : row;
    double across = draw.mirrored() ? size - column : column;
    int y = box.top() + Math.clamp((int) (down * box.height() / size), 0, box.height() - 1);
    int x = box.left() + Math.clamp((int) (across * box.width() / size), 0, box.width() - 1);
    return y * width + x;
  }
}
