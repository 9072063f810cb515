package org.omnirad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ScheduleTest {

  @Test
  void warmUpReachesBothEndsThenHalfACosine() {
    var schedule = new Schedule(0.1, 1, 0.2, 2, 4, 14);
    assertEquals(0, schedule.at(0));
    assertEquals(0, schedule.at(1));
    assertEquals(0.1, schedule.at(2), 1e-15);
    assertEquals(0.4, schedule.at(3), 1e-15);
    assertEquals(1, schedule.at(5), 1e-15);
    assertEquals(1, schedule.at(6), 1e-15);
    assertEquals(0.6, schedule.at(10), 1e-15);
    assertEquals(0.2, schedule.at(14));
    assertEquals(0.2, schedule.at(1_000_000));
  }

  @Test
  void specialForms() {
    assertEquals(0.5, Schedule.line(0, 1, 3).at(1));
    assertEquals(1, Schedule.line(0, 1, 3).at(3));
    assertEquals(1, Schedule.line(0, 1, 0).at(0));
    assertEquals(0, Schedule.cosine(1, 2, 10).withWarmup(0, 1).at(0));
    assertEquals(1, Schedule.cosine(1, 2, 10).at(0));
  }

  @Test
  void partsMustFit() {
    var e = assertThrows(IllegalArgumentException.class, () -> new Schedule(0, 1, 0, 5, 6, 10));
    assertEquals("5 frozen and 6 warm-up steps of 10", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Schedule(0, 1, 0, -1, 0, 10));
  }
}
