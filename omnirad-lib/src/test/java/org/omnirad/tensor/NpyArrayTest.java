package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnirad.run.InputException;

class NpyArrayTest {

  @TempDir Path folder;

  /** The bytes of an npy file of any version, from its header's text and its data. */
  static byte[] npy(int version, String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.UTF_8));
    file.put((byte) version).put((byte) 0);
    if (version == 1) {
      file.putShort((short) text.length);
    } else {
      file.putInt(text.length);
    }
    byte[] bytes = new byte[file.put(text).put(data).position()];
    file.get(0, bytes);
    return bytes;
  }

  private static String header(String type, boolean fortran, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n"
        .formatted(type, fortran ? "True" : "False", shape);
  }

  private static byte[] data(int bytes, ByteOrder order, Consumer<ByteBuffer> content) {
    ByteBuffer data = ByteBuffer.allocate(bytes).order(order);
    content.accept(data);
    return data.array();
  }

  private NpyArray array(String header, byte[] data) {
    return array(npy(1, header, data));
  }

  private NpyArray array(byte[] file) {
    try {
      Path path = folder.resolve("x.npy");
      Files.write(path, file);
      return NpyArray.open(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void assertRefused(String problem, byte[] file) {
    String message = assertThrows(InputException.class, () -> array(file)).getMessage();
    assertTrue(message.startsWith(folder.resolve("x.npy") + ": array 'x.npy'"), message);
    assertTrue(message.contains(problem), message);
  }

  @Test
  void everyNumberTypeIsRead() {
    byte[] bytes = {0, 1, (byte) 255};
    assertArrayEquals(new int[] {0, 1, 255}, array(header("|u1", false, "3,"), bytes).ints());
    assertArrayEquals(new int[] {0, 1, -1}, array(header("|i1", false, "3,"), bytes).ints());
    assertArrayEquals(new int[] {0, 1, 1}, array(header("|b1", false, "3,"), bytes).ints());
    assertArrayEquals(bytes, array(header("|u1", false, "3,"), bytes).bytes());
    byte[] shorts =
        data(4, ByteOrder.LITTLE_ENDIAN, b -> b.putShort((short) -2).putShort((short) 7));
    assertArrayEquals(new int[] {-2, 7}, array(header("<i2", false, "2,"), shorts).ints());
    assertArrayEquals(new int[] {65534, 7}, array(header("<u2", false, "2,"), shorts).ints());
    byte[] ints = data(8, ByteOrder.LITTLE_ENDIAN, b -> b.putInt(-2).putInt(7));
    assertArrayEquals(new int[] {-2, 7}, array(header("<i4", false, "2,"), ints).ints());
    assertArrayEquals(new long[] {4294967294L, 7}, array(header("<u4", false, "2,"), ints).longs());
    byte[] longs = data(8, ByteOrder.LITTLE_ENDIAN, b -> b.putLong(Long.MIN_VALUE));
    assertArrayEquals(
        new long[] {Long.MIN_VALUE}, array(header("<i8", false, "1,"), longs).longs());
    byte[] halves =
        data(4, ByteOrder.LITTLE_ENDIAN, b -> b.putShort((short) 0x3c00).putShort((short) 0x8001));
    assertArrayEquals(
        new float[] {1, -0x1p-24f}, array(header("<f2", false, "2,"), halves).floats());
    byte[] floats = data(8, ByteOrder.LITTLE_ENDIAN, b -> b.putFloat(1.5f).putFloat(Float.NaN));
    assertArrayEquals(
        new float[] {1.5f, Float.NaN}, array(header("<f4", false, "2,"), floats).floats());
    byte[] doubles = data(8, ByteOrder.LITTLE_ENDIAN, b -> b.putDouble(0.1));
    assertArrayEquals(new float[] {0.1f}, array(header("<f8", false, "1,"), doubles).floats());
    assertArrayEquals(new float[] {-2, 7}, array(header("<i4", false, "2,"), ints).floats());
  }

  @Test
  void bigEndianAndAllHeaderVersionsAreRead() {
    byte[] floats = data(8, ByteOrder.BIG_ENDIAN, b -> b.putFloat(1.5f).putFloat(-2));
    for (int version = 1; version <= 3; version++) {
      byte[] file = npy(version, header(">f4", false, "1, 2"), floats);
      assertArrayEquals(new float[][] {{1.5f, -2}}, array(file).floatRows());
    }
  }

  @Test
  void fortranOrderGivesTheSameElements() {
    byte[] c = {
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23
    };
    byte[] fortran = new byte[24];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          fortran[i + 2 * (j + 3 * k)] = c[(i * 3 + j) * 4 + k];
        }
      }
    }
    NpyArray array = array(header("|u1", true, "2, 3, 4"), fortran);
    assertArrayEquals(c, array.bytes());
    assertArrayEquals(java.util.Arrays.copyOfRange(c, 12, 24), array.row(1));
    byte[] floats =
        data(16, ByteOrder.LITTLE_ENDIAN, b -> b.putFloat(1).putFloat(3).putFloat(2).putFloat(4));
    assertArrayEquals(
        new float[][] {{1, 2}, {3, 4}}, array(header("<f4", true, "2, 2"), floats).floatRows());
  }

  @Test
  void textIsReadWithoutItsPadding() {
    byte[] text =
        data(
            32,
            ByteOrder.LITTLE_ENDIAN,
            b ->
                b.putInt('a')
                    .putInt(0)
                    .putInt(0)
                    .putInt(0)
                    .putInt(0x1f600)
                    .putInt(0)
                    .putInt('c')
                    .putInt(0));
    assertEquals(
        List.of("a", "\ud83d\ude00\0c"), array(header("<U4", false, "2,"), text).strings());
    text[18] = 0x7f;
    NpyArray wrong = array(header("<U4", false, "2,"), text);
    assertThrows(InputException.class, wrong::strings);
    assertThrows(InputException.class, wrong::floats);
    assertThrows(InputException.class, wrong::longs);
  }

  @Test
  void scalarsAndEmptyArraysAreRead() {
    NpyArray scalar = array(header("|u1", false, ""), new byte[] {7});
    assertArrayEquals(new long[0], scalar.shape());
    assertArrayEquals(new int[] {7}, scalar.ints());
    assertArrayEquals(new byte[] {7}, scalar.row(0));
    NpyArray empty = array(header("<f4", false, "0, 5"), new byte[0]);
    assertEquals(0, empty.floatRows().length);
    assertEquals(0, empty.size());
    assertThrows(IndexOutOfBoundsException.class, () -> empty.row(0));
    assertEquals(3, array(header("<f4", false, "3, 0"), new byte[0]).floatRows().length);
  }

  @Test
  void rowsWithoutElementsDoNotFillTheHeap() {
    NpyArray rows = array(header("<f4", false, "999999999999, 0"), new byte[0]);
    assertThrows(InputException.class, rows::floatRows);
    assertThrows(InputException.class, rows::intRows);
    NpyArray row = array(header("<i4", false, "0, 999999999999"), new byte[0]);
    assertThrows(InputException.class, row::floatRows);
    assertThrows(InputException.class, row::intRows);
  }

  @Test
  void expectationsAreChecked() {
    NpyArray array = array(header("|u1", false, "2, 3"), new byte[6]);
    assertEquals(array, array.expectShape(2, -1).expectType(NpyType.UINT8, NpyType.INT8));
    String shape = assertThrows(InputException.class, () -> array.expectShape(3, -1)).getMessage();
    assertTrue(shape.contains("array 'x.npy' has the shape [2, 3], expected [3, -1]"), shape);
    String type =
        assertThrows(InputException.class, () -> array.expectType(NpyType.INT64)).getMessage();
    assertTrue(type.contains("is of type UINT8, expected [INT64]"), type);
    assertThrows(InputException.class, () -> array.expectShape(6));
    assertThrows(IllegalArgumentException.class, () -> array.readRow(0, new byte[4]));
    assertThrows(IndexOutOfBoundsException.class, () -> array.row(2));
    NpyArray floats = array(header("<f4", false, "1,"), new byte[4]);
    assertThrows(InputException.class, floats::ints);
    assertThrows(InputException.class, floats::bytes);
  }

  @Test
  void integersThatDoNotFitAreRefused() {
    byte[] large = data(8, ByteOrder.LITTLE_ENDIAN, b -> b.putLong(1L << 31));
    assertThrows(InputException.class, () -> array(header("<i8", false, "1,"), large).ints());
    byte[] larger = data(8, ByteOrder.LITTLE_ENDIAN, b -> b.putLong(-1));
    String message =
        assertThrows(InputException.class, () -> array(header("<u8", false, "1,"), larger).longs())
            .getMessage();
    assertTrue(message.contains("18446744073709551615, too large"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"|O", "|V8", "|S3", "<M8", "<c8", "<f16", "<i3", "<U0", "<U9999999"})
  void typesThatAreNotReadSayThatNothingIsUnpickled(String type) {
    assertRefused("never unpickled", npy(1, header(type, false, "1,"), new byte[8]));
  }

  @Test
  void structuresAreRefused() {
    String header = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }";
    assertRefused("a structured array", npy(1, header, new byte[4]));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(3,)|(2,)|do not match 3 bytes of data",
        "(3,)|(4,)|do not match 3 bytes of data",
        "(3,)|(-3,)|a negative number",
        "(3,)|(3.0,)|not a whole number",
        "(3,)|(999999999999999999, 999999999999999999)|do not match",
        "(3,)|(999999999999999999, 999999999999999999, 0)|do not match",
        "(3,)|(1 3)|',' is missing",
        "(3,)|3|'(' is missing",
        "(3,)|(3,|not a whole number",
        "u1|u1x|is unknown",
        "False|0|neither True nor False",
        "descr|x|unexpected key 'x'",
        "shape|descr|unexpected key 'descr'",
        "fortran_order|descr|unexpected key 'descr'",
        "descr|des\\x63r|not a plain string",
        "}|} x|text after the last",
        "}|'a'|missing",
      })
  void headersThatAreNotExactAreRefused(String from, String to, String problem) {
    String header = header("|u1", false, "3,");
    String wrong = header.replace(from, to == null ? "" : to);
    assertTrue(!wrong.equals(header), from);
    assertRefused(problem, npy(1, wrong, new byte[3]));
  }

  @Test
  void bytesThatAreNoNpyFileAreRefused() {
    byte[] good = npy(1, header("|u1", false, "3,"), new byte[3]);
    for (int length = 0; length < good.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      assertRefused("", cut);
    }
    byte[] version = good.clone();
    version[6] = 4;
    assertRefused("npy version 4.0 is unknown", version);
    assertRefused("does not begin as an npy array", new byte[100]);
    assertRefused(
        "claims -1 bytes",
        data(
            100,
            ByteOrder.LITTLE_ENDIAN,
            b -> b.put(good, 0, 6).put((byte) 2).put((byte) 0).putInt(-1)));
    assertRefused("claims 10001 bytes", npy(2, " ".repeat(10_001), new byte[0]));
  }

  @Test
  void arraysBeyondTwoGigabytesAreReadByRow() throws IOException {
    long rows = 3_000_000;
    byte[] head = npy(1, header("<f4", false, rows + ", 256"), new byte[0]);
    Path path = folder.resolve("large.npy");
    Files.write(path, head);
    try (var channel = Files.newByteChannel(path, StandardOpenOption.WRITE)) {
      channel.position(head.length + rows * 1024 - 4);
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    }
    NpyArray array = NpyArray.open(path);
    byte[] last = array.row(rows - 1);
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4}, java.util.Arrays.copyOfRange(last, 1019, 1024));
    assertArrayEquals(new byte[1024], array.row(rows / 2));
    assertThrows(InputException.class, array::floats);
    assertThrows(InputException.class, array::floatRows);
  }
}
