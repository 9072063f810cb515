package org.omnirad.data.phantom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.omnirad.data.Split;

class PhantomDatasetTest {

  private final PhantomDataset dataset = PhantomDataset.of(PhantomConfig.defaults());

  @Test
  void theSameConfigurationDrawsTheSamePicture() {
    var again = PhantomDataset.of(PhantomConfig.defaults()).split(Split.TEST).get(11);
    var first = dataset.split(Split.TEST).get(11);
    assertArrayEquals(first.image().rgb(), again.image().rgb());
    assertEquals("test/11", first.id());
  }
}
