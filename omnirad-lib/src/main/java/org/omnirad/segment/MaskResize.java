package org.omnirad.segment;

/** Resizes masks to the square that a segmenter sees. */
final class MaskResize {

  private MaskResize() {}

  /**
   * Takes the nearest value for each pixel.
   *
   * @param mask height x width values, row by row
   * @return size x size values
   */
  static byte[] toSquare(byte[] mask, int width, int height, int size) {
    byte[] square = new byte[size * size];
    for (int y = 0; y < size; y++) {
      int row = (int) ((2L * y + 1) * height / (2L * size));
      for (int x = 0; x < size; x++) {
        int column = (int) ((2L * x + 1) * width / (2L * size));
        square[y * size + x] = mask[row * width + column];
      }
    }
    return square;
  }
}
