package org.omnirad.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import org.omnirad.data.RgbImage;
import org.omnirad.tensor.Ops;

/**
 * Packs images into one batch of numbers. Keeps one buffer for all batches, so that memory stays
 * flat. Not for use by several threads at once.
 */
public final class PixelBuffer {

  private static final int RGB = 3;

  private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

  /** An empty buffer, which grows with the batches. */
  public PixelBuffer() {}

  /**
   * Packs B images, which can be of different sizes.
   *
   * @param manager owns the result
   * @param channels C, 3; or 1 for grey images
   * @return (B, C, H, W) float32 from 0 to 255, H and W the largest height and width; a smaller
   *     image stands at the top left, and 0 fills the rest
   */
  public NDArray pack(NDManager manager, List<RgbImage> images, int channels) {
    int height = images.stream().mapToInt(RgbImage::height).max().orElseThrow();
    int width = images.stream().mapToInt(RgbImage::width).max().orElseThrow();
    int size = Math.multiplyExact(images.size() * channels, Math.multiplyExact(height, width));
    if (bytes.capacity() < size) {
      bytes = ByteBuffer.allocateDirect(size);
    }
    bytes.clear().limit(size);
    for (RgbImage image : images) {
      if (channels == RGB && image.height() == height && image.width() == width) {
        bytes.put(image.rgb());
      } else {
        putRows(image, height, width, channels);
      }
    }
    bytes.flip();
    // The array can share the buffer's memory; the operation copies.
    try (NDArray pixels =
        manager.create(bytes, new Shape(images.size(), height, width, channels), DataType.UINT8)) {
      return Ops.channelsFirst(pixels);
    }
  }

  private void putRows(RgbImage image, int height, int width, int channels) {
    byte[] row = new byte[width * channels];
    int step = RGB / channels;
    int length = image.width() * channels;
    for (int y = 0; y < image.height(); y++) {
      int from = y * image.width() * RGB;
      for (int i = 0; i < length; i++) {
        row[i] = image.rgb()[from + i * step];
      }
      bytes.put(row);
    }
    bytes.put(new byte[(height - image.height()) * row.length]);
  }
}
