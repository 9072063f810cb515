package org.omnirad.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CheckTest {

  @Test
  void aNumberWithinItsToleranceIsShown() {
    assertEquals(
        "kNN accuracy is 0.7625, expected 0.7500 within 0.0200",
        Check.near("kNN accuracy", 0.7625, 0.75, 0.02));
    assertEquals("images is 400, expected 400 within 0", Check.near("images", 400, 400, 0));
    assertEquals(
        "difference is 3.1e-06, expected 0 within 1.0e-05",
        Check.near("difference", 3.1e-6, 0, 1e-5));
  }

  @Test
  void aNumberOutsideItsToleranceFails() {
    var error = assertThrows(AssertionError.class, () -> Check.near("AUC", 0.69, 0.75, 0.05));
    assertEquals("AUC is 0.6900, expected 0.7500 within 0.0500", error.getMessage());
    assertThrows(AssertionError.class, () -> Check.near("images", 401, 400, 0));
  }

  @Test
  void whatIsNoNumberFails() {
    assertThrows(AssertionError.class, () -> Check.near("AUC", Double.NaN, 0.75, 1));
  }
}
