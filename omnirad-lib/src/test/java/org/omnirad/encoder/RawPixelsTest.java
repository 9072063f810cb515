package org.omnirad.encoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;

class RawPixelsTest {

  @Test
  void aVectorHoldsThePixelsRowByRow() {
    try (var dataset = PhantomDataset.of(PhantomConfig.defaults().withImageSize(32))) {
      var images = dataset.split(Split.TEST).first(3);
      Features features = RawPixels.embed(images);
      assertEquals(32 * 32, features.dim());
      byte[] rgb = images.get(2).image().rgb();
      float[] expected = new float[rgb.length / 3];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = ((rgb[3 * i] & 255) + (rgb[3 * i + 1] & 255) + (rgb[3 * i + 2] & 255)) / 765f;
      }
      assertArrayEquals(expected, features.vectors()[2], 1e-7f);
      assertEquals(images.get(1).labels()[0], features.labels()[1]);
    }
  }
}
