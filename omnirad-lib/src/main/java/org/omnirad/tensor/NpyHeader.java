package org.omnirad.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.omnirad.run.InputException;

/**
 * The header of an npy file, versions 1 to 3.
 *
 * @param type the element type
 * @param elementBytes bytes per element
 * @param order the byte order of an element
 * @param fortran whether the first axis runs fastest
 * @param shape the lengths of the axes; empty for a scalar
 * @param size the number of elements
 * @param dataOffset where the elements begin
 */
record NpyHeader(
    NpyType type,
    int elementBytes,
    ByteOrder order,
    boolean fortran,
    List<Long> shape,
    long size,
    long dataOffset) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;

  /** The limit of numpy itself. */
  private static final int MAX_LENGTH = 10_000;

  private static final int MAX_AXES = 32;

  /** Two million characters; more cannot be one text. */
  private static final int MAX_ELEMENT_BYTES = 1 << 23;

  private static final Pattern DESCRIPTION = Pattern.compile("([<>=|]?)([a-zA-Z])([0-9]{0,7})");
  private static final String DAMAGED =
      "The file is damaged or hostile: get it again from its source.";

  /**
   * Reads and checks a header; the elements must fill the bytes after it exactly.
   *
   * @param what names the array in messages
   */
  static NpyHeader read(MappedBytes bytes, String what) {
    return new Parser(bytes, what).header();
  }

  /** The bytes of a version 1 header, little-endian and in C order. */
  static byte[] write(NpyType type, int elementBytes, long... shape) {
    int unit = type == NpyType.TEXT ? elementBytes / Integer.BYTES : elementBytes;
    String axes =
        LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "))
            + (shape.length == 1 ? "," : "");
    String text =
        "{'descr': '%s%c%d', 'fortran_order': False, 'shape': (%s), }"
            .formatted(elementBytes == 1 ? "|" : "<", type.kind(), unit, axes);
    int before = MAGIC.length + 4;
    int length = -(before + text.length() + 1) & (ALIGNMENT - 1);
    byte[] line = (text + " ".repeat(length) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(before + line.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) line.length)
        .put(line)
        .array();
  }

  private static final class Parser {
    private final MappedBytes bytes;
    private final String what;
    private final long dataOffset;
    private final TextCursor text;

    Parser(MappedBytes bytes, String what) {
      this.bytes = bytes;
      this.what = what;
      int lead = (int) Math.min(12, bytes.length());
      ByteBuffer start = ByteBuffer.wrap(bytes.read(0, lead)).order(ByteOrder.LITTLE_ENDIAN);
      if (lead < 12 || !Arrays.equals(Arrays.copyOf(start.array(), MAGIC.length), MAGIC)) {
        throw refuse("it does not begin as an npy array does");
      }
      int version = start.get(6);
      if (version < 1 || version > 3 || start.get(7) != 0) {
        throw refuse("npy version %d.%d is unknown".formatted(version, start.get(7)));
      }
      int prefix = version == 1 ? 10 : 12;
      long length = version == 1 ? Short.toUnsignedLong(start.getShort(8)) : start.getInt(8);
      if (length < 2 || length > MAX_LENGTH || length > bytes.length() - prefix) {
        throw refuse("the header claims " + length + " bytes");
      }
      this.dataOffset = prefix + length;
      String header = new String(bytes.read(prefix, (int) length), StandardCharsets.UTF_8);
      this.text = new TextCursor(header, this::refuse);
    }

    private InputException refuse(String problem) {
      return InputException.of(bytes.file(), Excerpt.of(what + ": " + problem) + ".", DAMAGED);
    }

    NpyHeader header() {
      String description = null;
      Boolean fortran = null;
      List<Long> shape = null;
      text.expect('{');
      while (!text.take('}')) {
        String key = string();
        text.expect(':');
        if (key.equals("descr") && description == null) {
          description = description();
        } else if (key.equals("fortran_order") && fortran == null) {
          fortran = truth();
        } else if (key.equals("shape") && shape == null) {
          shape = shape();
        } else {
          throw text.refuse("the unexpected key '" + key + "'");
        }
        if (!text.take(',') && !text.sees('}')) {
          throw text.refuse("',' is missing");
        }
      }
      if (!text.atEnd()) {
        throw text.refuse("text after the last '}'");
      }
      if (description == null || fortran == null || shape == null) {
        throw refuse("the header lacks descr, fortran_order or shape");
      }
      return checked(description, fortran, shape);
    }

    private String string() {
      return text.plainString(text.sees('"') ? '"' : '\'');
    }

    private String description() {
      if (text.sees('[') || text.sees('(')) {
        throw unsupported("a structured array");
      }
      return string();
    }

    private boolean truth() {
      boolean yes = text.takeWord("True");
      if (!yes && !text.takeWord("False")) {
        throw text.refuse("neither True nor False");
      }
      return yes;
    }

    private List<Long> shape() {
      var axes = new ArrayList<Long>();
      text.expect('(');
      while (!text.take(')')) {
        if (axes.size() == MAX_AXES) {
          throw text.refuse("more than " + MAX_AXES + " axes");
        }
        axes.add(text.number());
        if (!text.take(',') && !text.sees(')')) {
          throw text.refuse("',' is missing");
        }
      }
      return axes;
    }

    private InputException unsupported(String kind) {
      return InputException.of(
          bytes.file(),
          Excerpt.of(what + " is " + kind) + ", which is not read; objects are never unpickled.",
          "Convert it to numbers or fixed-width text with numpy and save it again.");
    }

    private NpyHeader checked(String description, boolean fortran, List<Long> shape) {
      Matcher matcher = DESCRIPTION.matcher(description);
      if (!matcher.matches()) {
        throw refuse("the type '" + description + "' is unknown");
      }
      char kind = matcher.group(2).charAt(0);
      if (kind == 'O') {
        throw unsupported("an array of Python objects");
      }
      int unit = matcher.group(3).isEmpty() ? 0 : Integer.parseInt(matcher.group(3));
      NpyType type = type(kind, unit);
      if (type == null) {
        throw unsupported("of type '" + description + "'");
      }
      int elementBytes = type == NpyType.TEXT ? unit * Integer.BYTES : unit;
      ByteOrder order = byteOrder(matcher.group(1));
      long size = size(shape, elementBytes);
      return new NpyHeader(
          type, elementBytes, order, fortran, List.copyOf(shape), size, dataOffset);
    }

    private static NpyType type(char kind, int unit) {
      for (NpyType type : NpyType.values()) {
        boolean text = type == NpyType.TEXT && unit > 0 && unit <= MAX_ELEMENT_BYTES / 4;
        if (type.kind() == kind && (text || (type.bytes() == unit && unit > 0))) {
          return type;
        }
      }
      return null;
    }

    private static ByteOrder byteOrder(String mark) {
      return switch (mark) {
        case "<" -> ByteOrder.LITTLE_ENDIAN;
        case ">" -> ByteOrder.BIG_ENDIAN;
        default -> ByteOrder.nativeOrder();
      };
    }

    private long size(List<Long> shape, int elementBytes) {
      long dataBytes = bytes.length() - dataOffset;
      long size = Extent.bytes(shape, elementBytes);
      if (size != dataBytes) {
        throw refuse(
            "elements of %d bytes in the shape %s do not match %d bytes of data"
                .formatted(elementBytes, shape, dataBytes));
      }
      return size / elementBytes;
    }
  }
}
