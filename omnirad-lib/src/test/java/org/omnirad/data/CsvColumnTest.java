package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.omnirad.run.InputException;

class CsvColumnTest {

  private static String refusal(String text) {
    return assertThrows(InputException.class, () -> CsvColumn.read(text, "b", "x.csv"))
        .getMessage();
  }

  @Test
  void fieldsMayBeQuoted() {
    assertEquals(List.of("a", "", "c d"), CsvColumn.fields("a,,c d"));
    assertEquals(List.of("a,b", "say \"x\"", ""), CsvColumn.fields("\"a,b\",\"say \"\"x\"\"\","));
    assertEquals(List.of(""), CsvColumn.fields(""));
  }

  @Test
  void aColumnIsFoundByItsName() {
    assertEquals(
        List.of("2", "4,5"), CsvColumn.read("\uFEFFa, b\r\n1,2\r\n\r\n3,\"4,5\",6\r\n", "b", "x"));
    assertEquals(List.of("1"), CsvColumn.read("\uFEFFb\n1", "b", "x"));
    assertEquals(List.of(), CsvColumn.read("b", "b", "x"));
  }

  @Test
  void aMissingColumnOrFieldIsAnError() {
    assertTrue(refusal("a;b\n1;2").startsWith("x.csv: has no column 'b' among its columns [a;b]."));
    assertTrue(refusal("").contains("among its columns []"));
    assertTrue(
        refusal("a,b\n1,2\n\n3\n").startsWith("x.csv: line 4 has 1 fields, 'b' is field 2."));
  }
}
