package org.omnirad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnirad.run.InputException;

class SafetensorsFileTest {

  @TempDir Path folder;

  private Path file(String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return file(text.length, text, new byte[dataBytes]);
  }

  private Path file(long headerLength, byte[] header, byte[] data) throws IOException {
    Path path = folder.resolve("x.safetensors");
    Files.write(
        path,
        ByteBuffer.allocate(8 + header.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(headerLength)
            .put(header)
            .put(data)
            .array());
    return path;
  }

  private InputException refused(Path path) {
    var refusal =
        assertThrows(
            InputException.class,
            () -> {
              try (var file = SafetensorsFile.open(path)) {
                file.names();
              }
            });
    assertTrue(refusal.getMessage().startsWith(path.toString()), refusal.getMessage());
    return refusal;
  }

  private void assertRefused(String problem, String header, int dataBytes) throws IOException {
    String message = refused(file(header, dataBytes)).getMessage();
    assertTrue(message.contains(problem), message);
  }

  @Test
  void whatIsWrittenIsRead() {
    Path path = folder.resolve("sub").resolve("x.safetensors");
    float[] floats = {1.5f, -0f, Float.NaN, Float.POSITIVE_INFINITY, 1e-40f, 3};
    new SafetensorsWriter()
        .put("f", floats, 2, 3)
        .put("a.\"quoted\\\"\n\u00e9\ud83d\ude00", new float[] {7})
        .put("l", new long[] {Long.MIN_VALUE, 5}, 2)
        .put("u", new byte[] {-1, 2, 3}, 3, 1)
        .put("none", new float[0], 0, 4)
        .metadata("note", "a \"b\"")
        .write(path);
    try (var file = SafetensorsFile.open(path)) {
      assertEquals(
          List.of("a.\"quoted\\\"\n\u00e9\ud83d\ude00", "f", "l", "none", "u"),
          List.copyOf(file.names()));
      assertEquals(Map.of("format", "pt", "note", "a \"b\""), file.metadata());
      assertEquals(new TensorInfo(TensorType.F32, new Shape(2, 3)), file.info("f"));
      assertArrayEquals(floats, file.floats("f"));
      assertArrayEquals(new float[] {Float.NaN, Float.POSITIVE_INFINITY}, file.floats("f", 2, 2));
      assertArrayEquals(new float[] {7}, file.floats("a.\"quoted\\\"\n\u00e9\ud83d\ude00"));
      assertArrayEquals(new long[] {Long.MIN_VALUE, 5}, file.longs("l"));
      assertArrayEquals(new byte[] {-1, 2, 3}, file.bytes("u"));
      assertArrayEquals(new float[0], file.floats("none"));
    }
  }

  @Test
  void tensorsOfTheEngineGoToFilesAndBack() {
    Path path = folder.resolve("x.safetensors");
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray turned = manager.arange(6f).reshape(2, 3).transpose();
      new SafetensorsWriter()
          .put("turned", turned)
          .put("half", manager.create(new float[] {0.5f, 65504f}).toType(DataType.FLOAT16, true))
          .put("long", manager.create(new long[] {1L << 40, -1}))
          .put("byte", manager.create(new int[] {0, 255}).toType(DataType.UINT8, true))
          .put("scalar", manager.create(2f))
          .put("big", manager.arange(5_000_001f))
          .write(path);
      try (var file = SafetensorsFile.open(path)) {
        assertEquals(turned, file.toArray(manager, "turned", new Shape(3, 2)));
        assertArrayEquals(new float[] {0.5f, 65504f}, file.floats("half"));
        assertEquals(DataType.FLOAT32, file.toArray(manager, "half").getDataType());
        assertArrayEquals(new long[] {1L << 40, -1}, file.toArray(manager, "long").toLongArray());
        assertArrayEquals(new int[] {0, 255}, file.toArray(manager, "byte").toUint8Array());
        assertEquals(manager.create(2f), file.toArray(manager, "scalar"));
        assertEquals(manager.arange(5_000_001f), file.toArray(manager, "big"));
        assertTrue(file.info("scalar").shape().isScalar());
      }
    }
  }

  @Test
  void aReadArrayMayBeChangedInPlaceAndLeavesTheFileAlone() {
    Path path = folder.resolve("x.safetensors");
    new SafetensorsWriter().put("w", new float[] {1, 2}, 2).write(path);
    try (NDManager manager = NDManager.newBaseManager();
        var file = SafetensorsFile.open(path)) {
      NDArray first = file.toArray(manager, "w");
      first.addi(1);
      file.close();
      assertArrayEquals(new float[] {2, 3}, first.toFloatArray());
    }
    try (var file = SafetensorsFile.open(path)) {
      assertArrayEquals(new float[] {1, 2}, file.floats("w"));
    }
  }

  @Test
  void halfPrecisionIsWidenedInJava() throws IOException {
    String header =
        """
        {"b":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]},\
        "h":{"dtype":"F16","shape":[2],"data_offsets":[6,10]}}""";
    byte[] data = {(byte) 0x80, 0x3f, (byte) 0x49, (byte) 0xc0, (byte) 0xc0, 0x7f, 0, 0x3c, 1, 0};
    Path path = file(header.length(), header.getBytes(StandardCharsets.UTF_8), data);
    try (var file = SafetensorsFile.open(path);
        NDManager manager = NDManager.newBaseManager()) {
      assertArrayEquals(new float[] {1f, -3.140625f, Float.NaN}, file.floats("b"));
      assertArrayEquals(new float[] {1f, 0x1p-24f}, file.floats("h"));
      NDArray array = file.toArray(manager, "b");
      assertEquals(DataType.FLOAT32, array.getDataType());
      assertArrayEquals(new float[] {1f, -3.140625f, Float.NaN}, array.toFloatArray());
    }
  }

  @Test
  void equalContentGivesEqualFilesWithAlignedData() throws IOException {
    Path a = folder.resolve("a");
    Path b = folder.resolve("b");
    new SafetensorsWriter().put("x", new byte[3], 3).put("y", new float[1]).write(a);
    new SafetensorsWriter().put("y", new float[1]).put("x", new byte[3], 3).write(b);
    assertArrayEquals(Files.readAllBytes(a), Files.readAllBytes(b));
    long header = ByteBuffer.wrap(Files.readAllBytes(a)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, header % 8);
  }

  @Test
  void aMissingTensorIsAnsweredWithItsNeighbours() {
    Path path = folder.resolve("x.safetensors");
    new SafetensorsWriter()
        .put("cls_token", new float[1])
        .put("blocks.0.norm1.weight", new float[1])
        .write(path);
    try (var file = SafetensorsFile.open(path)) {
      assertTrue(file.contains("cls_token"));
      assertFalse(file.contains("cls"));
      var near = assertThrows(InputException.class, () -> file.floats("backbone.cls_token"));
      assertEquals(
          path
              + ": there is no tensor 'backbone.cls_token'."
              + " The nearest of the file's 2: cls_token.",
          near.getMessage());
      var far = assertThrows(InputException.class, () -> file.info("xyz"));
      assertTrue(
          far.getMessage().endsWith("The file holds blocks.0.norm1.weight, cls_token."),
          far.getMessage());
    }
  }

  @Test
  void wrongShapesAndTypesAreRefused() {
    Path path = folder.resolve("x.safetensors");
    new SafetensorsWriter().put("w", new float[6], 2, 3).put("i", new long[1], 1).write(path);
    try (var file = SafetensorsFile.open(path);
        NDManager manager = NDManager.newBaseManager()) {
      file.expectShape("w", 2, -1);
      var shape =
          assertThrows(InputException.class, () -> file.toArray(manager, "w", new Shape(3, 2)));
      assertTrue(
          shape.getMessage().contains("has the shape [2, 3], expected [3, 2]"), shape.getMessage());
      assertThrows(InputException.class, () -> file.expectShape("w", 2, 3, 1));
      assertThrows(InputException.class, () -> file.longs("w"));
      assertThrows(InputException.class, () -> file.bytes("w"));
      var type = assertThrows(InputException.class, () -> file.floats("i"));
      assertTrue(
          type.getMessage().contains("is of type I64, expected F32, F16 or BF16"),
          type.getMessage());
      assertThrows(IndexOutOfBoundsException.class, () -> file.floats("w", 5, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> file.floats("w", -1, 2));
    }
  }

  @Test
  void typesThatAreNotReadStillOpen() throws IOException {
    Path path = file("{\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8);
    try (var file = SafetensorsFile.open(path);
        NDManager manager = NDManager.newBaseManager()) {
      assertEquals(TensorType.F64, file.info("d").type());
      assertThrows(InputException.class, () -> file.floats("d"));
      assertThrows(InputException.class, () -> file.toArray(manager, "d"));
    }
  }

  @Test
  void aClosedFileSaysSo() {
    Path path = folder.resolve("x.safetensors");
    new SafetensorsWriter().put("w", new float[1]).write(path);
    var file = SafetensorsFile.open(path);
    file.close();
    assertThrows(IllegalStateException.class, () -> file.floats("w"));
  }

  @Test
  void tensorsBeyondTwoGigabytesAreReadWhereAsked() throws IOException {
    long elements = 700_000_000L;
    String header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(elements, elements * 4);
    Path path = file(header.length(), header.getBytes(StandardCharsets.UTF_8), new byte[0]);
    long dataStart = Files.size(path);
    try (var channel = Files.newByteChannel(path, java.nio.file.StandardOpenOption.WRITE)) {
      channel.position(dataStart + (elements - 1) * 4);
      channel.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 2.5f));
    }
    try (var file = SafetensorsFile.open(path)) {
      assertArrayEquals(new float[] {0, 2.5f}, file.floats("w", elements - 2, 2));
      var refusal = assertThrows(InputException.class, () -> file.floats("w"));
      assertTrue(refusal.getMessage().contains("700000000 elements"), refusal.getMessage());
    }
  }

  @Test
  void aFileCutWhileOpenIsRefusedWhereItIsRead() throws IOException {
    Path path = folder.resolve("x.safetensors");
    new SafetensorsWriter().put("w", new float[100_000], 100_000).write(path);
    try (var file = SafetensorsFile.open(path)) {
      try (var channel =
          java.nio.channels.FileChannel.open(path, java.nio.file.StandardOpenOption.WRITE)) {
        channel.truncate(1000);
      }
      var refusal = assertThrows(InputException.class, () -> file.floats("w"));
      assertTrue(refusal.getMessage().contains("while it was open"), refusal.getMessage());
    }
  }

  @Test
  void whatIsNoFileIsRefused() throws IOException {
    assertTrue(refused(folder.resolve("none")).getMessage().contains("there is no such file"));
    assertTrue(refused(folder).getMessage().contains("is no file"));
    Path empty = folder.resolve("empty");
    Files.createFile(empty);
    assertTrue(refused(empty).getMessage().contains("0 bytes are too few"));
  }

  @ParameterizedTest
  @CsvSource({
    "1152921504606846976, 1152921504606846976",
    "-1, 18446744073709551615",
    "0, 0",
    "1, 1",
    "60, 60",
  })
  void headerLengthsThatDoNotFitAreRefused(long length, String shown) throws IOException {
    String message =
        refused(file(length, "{}".getBytes(StandardCharsets.UTF_8), new byte[9])).getMessage();
    assertTrue(message.contains("claims " + shown + " bytes, the file has 11"), message);
  }

  @Test
  void aHeaderLargerThanAnyRealOneIsNotRead() throws IOException {
    byte[] header = new byte[(1 << 24) + 1];
    String message = refused(file(header.length, header, new byte[0])).getMessage();
    assertTrue(message.contains("16777217 bytes, at most 16777216 are read"), message);
  }

  private static String tensor(String name, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"U8\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, shape, offsets);
  }

  @Test
  void placesThatDoNotFitAreRefused() throws IOException {
    assertRefused(
        "an overlap",
        "{" + tensor("a", "[4]", "[0,4]") + "," + tensor("b", "[4]", "[2,6]") + "}",
        6);
    assertRefused(
        "a gap", "{" + tensor("a", "[2]", "[0,2]") + "," + tensor("b", "[2]", "[3,5]") + "}", 5);
    assertRefused(
        "begins at byte 1 where 0 is expected", "{" + tensor("a", "[2]", "[1,3]") + "}", 3);
    assertRefused("2 bytes follow the last tensor", "{" + tensor("a", "[2]", "[0,2]") + "}", 4);
    assertRefused("a negative number", "{" + tensor("a", "[2]", "[-2,0]") + "}", 2);
    assertRefused("stands at bytes 2 to 0 of 2", "{" + tensor("a", "[2]", "[2,0]") + "}", 2);
    assertRefused("stands at bytes 0 to 3 of 2", "{" + tensor("a", "[3]", "[0,3]") + "}", 2);
    assertRefused(
        "a number of 19 digits", "{" + tensor("a", "[2]", "[0,9223372036854775807]") + "}", 2);
    assertRefused("data_offsets", "{" + tensor("a", "[2]", "[0]") + "}", 2);
    assertRefused("']' is missing", "{" + tensor("a", "[2]", "[0,2,2]") + "}", 2);
    assertRefused("7 bytes follow", "{}", 7);
  }

  @Test
  void shapesThatDoNotFitAreRefused() throws IOException {
    assertRefused("shape [3] has 2 bytes", "{" + tensor("a", "[3]", "[0,2]") + "}", 2);
    assertRefused("a negative number", "{" + tensor("a", "[-1,-2]", "[0,2]") + "}", 2);
    assertRefused("has 2 bytes", "{" + tensor("a", "[4294967296,4294967296,2]", "[0,2]") + "}", 2);
    assertRefused(
        "has 0 bytes",
        "{" + tensor("a", "[999999999999999999,999999999999999999,0]", "[0,0]") + "}",
        0);
    assertRefused("not a whole number", "{" + tensor("a", "[2.0]", "[0,2]") + "}", 2);
    assertRefused("not a whole number", "{" + tensor("a", "[2e0]", "[0,2]") + "}", 2);
    assertRefused("not a whole number", "{" + tensor("a", "[\"2\"]", "[0,2]") + "}", 2);
    assertRefused("not a whole number", "{" + tensor("a", "[02]", "[0,2]") + "}", 2);
    assertRefused(
        "']' is missing",
        "{" + tensor("a", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]", "[0,2]") + "}",
        2);
  }

  @Test
  void headersThatAreNotStrictJsonAreRefused() throws IOException {
    String a = tensor("a", "[1]", "[0,1]");
    assertRefused("a second tensor 'a'", "{" + a + "," + a + "}", 1);
    assertRefused("does not begin with '{'", " {" + a + "}", 1);
    assertRefused("'\"' is missing", "{" + a + ",}", 1);
    assertRefused("'}' is missing", "{" + a, 1);
    assertRefused("text after the last '}'", "{" + a + "}x", 1);
    assertRefused("unexpected key 'dtype'", "{" + a.replace("{", "{\"dtype\":\"U8\",") + "}", 1);
    assertRefused("unexpected key 'x'", "{" + a.replace("{", "{\"x\":\"U8\",") + "}", 1);
    assertRefused("unknown dtype 'U9'", "{" + a.replace("U8", "U9") + "}", 1);
    assertRefused("lacks dtype", "{" + a.replace("\"dtype\":\"U8\",", "") + "}", 1);
    assertRefused("an unknown escape", "{\"\\x\":" + a + "}", 1);
    assertRefused("half a surrogate pair", "{\"\\ud800\":" + a + "}", 1);
    assertRefused("a control character", "{\"\n\":" + a + "}", 1);
    assertRefused("an open string", "{\"abc", 1);
    assertRefused("'\"' is missing", "{'a':1}", 1);
    assertRefused("'\"' is missing", "{\"__metadata__\":{\"a\":1}}", 0);
    assertRefused("a second metadata entry", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}", 0);
    assertRefused("a second __metadata__", "{\"__metadata__\":{},\"__metadata__\":{}}", 0);
    assertRefused("'{' is missing", "{\"a\":" + "[".repeat(100_000) + "}", 0);
    byte[] latin = "{\"\u00e9\":{}}".getBytes(StandardCharsets.ISO_8859_1);
    assertTrue(refused(file(latin.length, latin, new byte[0])).getMessage().contains("UTF-8"));
  }

  @Test
  void wrongUseOfTheWriterIsRefused() {
    var writer = new SafetensorsWriter().put("a", new float[2], 2);
    assertThrows(IllegalArgumentException.class, () -> writer.put("a", new float[1], 1));
    assertThrows(IllegalArgumentException.class, () -> writer.put("b", new float[2], 3));
    assertThrows(IllegalArgumentException.class, () -> writer.put("__metadata__", new float[1], 1));
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray truth = manager.create(new boolean[1]);
      assertThrows(IllegalArgumentException.class, () -> writer.put("t", truth));
    }
  }
}
