package org.omnirad.data;

import java.util.HashSet;
import java.util.List;
import org.omnirad.run.InputException;

/** What the values of mask files mean, and how they make the mask of an image. */
final class MaskValues {

  /** Every pixel that is not black is foreground. */
  static final MaskValues FOREGROUND = new MaskValues(List.of("background", "foreground"), false);

  private static final int MOST_CLASSES = 256;

  private final List<String> classNames;
  private final boolean indices;

  private MaskValues(List<String> classNames, boolean indices) {
    this.classNames = classNames;
    this.indices = indices;
  }

  /**
   * Grey values are the indices of classes.
   *
   * @param classNames 2 to 256 different ones, from 0, the background, on
   * @throws InputException where there are others
   */
  static MaskValues indices(List<String> classNames) {
    int different = new HashSet<>(classNames).size();
    if (different != classNames.size() || different < 2 || different > MOST_CLASSES) {
      throw new InputException(
          "The mask classes are %s.".formatted(classNames),
          "Name the background and 1 to %d other classes, each once.".formatted(MOST_CLASSES - 1));
    }
    return new MaskValues(List.copyOf(classNames), true);
  }

  List<String> classNames() {
    return classNames;
  }

  /** Whether the values are indices of classes. */
  boolean areIndices() {
    return indices;
  }

  /**
   * Adds what a mask file marks.
   *
   * @param where the file, for messages
   * @param image what it is a mask of
   * @param mask class indices of the image's pixels, row by row; changed where the file is not 0
   * @throws InputException where the file cannot be decoded, is of another size, or holds values
   *     that are none
   */
  void add(byte[] file, String where, RgbImage image, byte[] mask) {
    if (indices && ImageFile.isJpeg(file)) {
      throw new InputException(
          where + ": it is a JPEG file, which does not keep exact values.",
          "Save the mask as an 8-bit grey PNG.");
    }
    RgbImage picture = ImageFile.readMask(file, where);
    checkSize(picture, image, where);
    int left = (picture.width() - image.width()) / 2;
    int top = (picture.height() - image.height()) / 2;
    for (int y = 0, i = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++, i++) {
        byte value = (byte) value(picture, x + left, y + top, where);
        if (value != 0) {
          checkOverlap(mask[i], value, where, x, y);
          mask[i] = value;
        }
      }
    }
  }

  private int value(RgbImage picture, int x, int y, String where) {
    int k = 3 * (y * picture.width() + x);
    int red = picture.rgb()[k] & 255;
    int green = picture.rgb()[k + 1] & 255;
    int blue = picture.rgb()[k + 2] & 255;
    if (!indices) {
      return (red | green | blue) == 0 ? 0 : 1;
    }
    if (red != green || green != blue) {
      throw new InputException(
          "%s: the pixel at x %d, y %d has the colour (%d, %d, %d), expected grey."
              .formatted(where, x, y, red, green, blue),
          "Save the mask as an 8-bit grey PNG whose values are 0 to %d."
              .formatted(classNames.size() - 1));
    }
    if (red >= classNames.size()) {
      throw new InputException(
          "%s: the pixel at x %d, y %d has the value %d, expected 0 to %d."
              .formatted(where, x, y, red, classNames.size() - 1),
          "Name all classes, or save the mask with their indices as values.");
    }
    return red;
  }

  private void checkOverlap(byte before, byte value, String where, int x, int y) {
    if (before != 0 && before != value) {
      throw new InputException(
          "%s: the pixel at x %d, y %d is of class '%s', but of '%s' in another mask of the image."
              .formatted(where, x, y, classNames.get(value & 255), classNames.get(before & 255)),
          "Decide which it is, and make one mask of the two.");
    }
  }

  // One mask of BUSI was saved as a figure: the picture in its own size, centred on a larger page.
  private static void checkSize(RgbImage mask, RgbImage image, String where) {
    boolean margins = mask.width() >= image.width() && mask.height() >= image.height();
    double stretch =
        (double) mask.width() * image.height() / ((double) mask.height() * image.width());
    boolean scaled = mask.width() != image.width() && Math.abs(stretch - 1) < 0.02;
    if (!margins || scaled) {
      throw new InputException(
          "%s has %d x %d pixels, but its image %d x %d."
              .formatted(where, mask.width(), mask.height(), image.width(), image.height()),
          "Resize the mask to the size of its image.");
    }
  }
}
