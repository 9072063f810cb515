package org.omnirad.notebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class CompactPngTest {

  private static final int WIDTH = 90;
  private static final int HEIGHT = 70;

  private static BufferedImage image(int type, IntUnaryOperator pixel) {
    var image = new BufferedImage(WIDTH, HEIGHT, type);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      image.setRGB(i % WIDTH, i / WIDTH, pixel.applyAsInt(i));
    }
    return image;
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, WIDTH, HEIGHT, null, 0, WIDTH);
  }

  /** Reads the file again, which may be this share of what ImageIO writes by default. */
  private static void readAgain(BufferedImage image, double share) throws IOException {
    byte[] compact = CompactPng.of(image);
    var usual = new ByteArrayOutputStream();
    ImageIO.write(image, "png", usual);
    String sizes = compact.length + " bytes, usually " + usual.size();
    assertTrue(compact.length <= share * usual.size(), sizes);
    assertArrayEquals(pixels(image), pixels(ImageIO.read(new ByteArrayInputStream(compact))));
  }

  @Test
  void aGreyImageHasOneChannelAndItsValues() throws IOException {
    var random = new SplittableRandom(1);
    var noise = image(BufferedImage.TYPE_INT_RGB, i -> 0x010101 * random.nextInt(256));
    byte[] compact = CompactPng.of(noise);
    BufferedImage again = ImageIO.read(new ByteArrayInputStream(compact));
    assertEquals(1, again.getRaster().getNumBands());
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      int value = noise.getRGB(i % WIDTH, i / WIDTH) & 255;
      assertEquals(value, again.getRaster().getSample(i % WIDTH, i / WIDTH, 0));
    }
  }

  @Test
  void coloursAndTransparencyStay() throws IOException {
    var random = new SplittableRandom(1);
    readAgain(image(BufferedImage.TYPE_INT_RGB, i -> random.nextInt(1 << 24)), 1.01);
    readAgain(image(BufferedImage.TYPE_INT_ARGB, i -> random.nextInt()), 1.01);
    readAgain(image(BufferedImage.TYPE_INT_RGB, i -> i % 2 == 0 ? 0xFF0000 : 0xFFFFFF), 1);
  }
}
