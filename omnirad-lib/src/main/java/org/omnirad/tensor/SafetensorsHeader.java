package org.omnirad.tensor;

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.omnirad.run.InputException;

/**
 * The header of a safetensors file, every field checked: names are unique, types known, shapes and
 * offsets agree, and the tensors fill the data without gap or overlap.
 *
 * @param tensors the tensors by name
 * @param metadata the {@code __metadata__} entries
 */
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata) {

  static final String METADATA = "__metadata__";

  /** Bytes of the header's length. */
  static final int PREFIX = 8;

  /** 16 MiB: some hundred thousand tensors. */
  static final long MAX_LENGTH = 1 << 24;

  private static final int MAX_AXES = 16;
  private static final String REMEDY =
      "The file is damaged or hostile: get it again from its source.";

  /** One tensor and where its bytes stand, counted from the end of the header. */
  record Entry(TensorInfo info, long begin, long end) {}

  static SafetensorsHeader read(MappedBytes bytes) {
    return new Parser(bytes).header();
  }

  private static final class Parser {
    private final MappedBytes bytes;
    private final Map<String, Entry> tensors = new TreeMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final long dataLength;
    private final TextCursor text;

    Parser(MappedBytes bytes) {
      this.bytes = bytes;
      if (bytes.length() < PREFIX + 2) {
        throw refuse(bytes.length() + " bytes are too few for a safetensors file");
      }
      long length = ByteBuffer.wrap(bytes.read(0, PREFIX)).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (length < 2 || length > bytes.length() - PREFIX) {
        throw refuse(
            "the header claims %s bytes, the file has %d after its first %d"
                .formatted(Long.toUnsignedString(length), bytes.length() - PREFIX, PREFIX));
      }
      if (length > MAX_LENGTH) {
        throw refuse("a header of %d bytes, at most %d are read".formatted(length, MAX_LENGTH));
      }
      this.dataLength = bytes.length() - PREFIX - length;
      this.text = new TextCursor(decode(bytes.read(PREFIX, (int) length)), this::refuse);
    }

    private InputException refuse(String what) {
      return InputException.of(
          bytes.file(), "safetensors header: " + Excerpt.of(what) + ".", REMEDY);
    }

    private String decode(byte[] header) {
      if (header[0] != '{') {
        throw refuse("it does not begin with '{'");
      }
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
      } catch (CharacterCodingException e) {
        throw refuse("it is not UTF-8 text");
      }
    }

    SafetensorsHeader header() {
      text.expect('{');
      if (!text.take('}')) {
        boolean metadataSeen = false;
        do {
          String name = text.jsonString();
          text.expect(':');
          if (name.equals(METADATA)) {
            if (metadataSeen) {
              throw text.refuse("a second " + METADATA);
            }
            metadataSeen = true;
            readMetadata();
          } else if (tensors.put(name, entry(name)) != null) {
            throw text.refuse("a second tensor '" + name + "'");
          }
        } while (text.take(','));
        text.expect('}');
      }
      if (!text.atEnd()) {
        throw text.refuse("text after the last '}'");
      }
      checkCoverage();
      return new SafetensorsHeader(tensors, metadata);
    }

    private void readMetadata() {
      text.expect('{');
      if (text.take('}')) {
        return;
      }
      do {
        String key = text.jsonString();
        text.expect(':');
        if (metadata.put(key, text.jsonString()) != null) {
          throw text.refuse("a second metadata entry '" + key + "'");
        }
      } while (text.take(','));
      text.expect('}');
    }

    private Entry entry(String name) {
      TensorType type = null;
      List<Long> shape = null;
      List<Long> offsets = null;
      text.expect('{');
      do {
        String key = text.jsonString();
        text.expect(':');
        if (key.equals("dtype") && type == null) {
          type = type(name, text.jsonString());
        } else if (key.equals("shape") && shape == null) {
          shape = numbers(MAX_AXES);
        } else if (key.equals("data_offsets") && offsets == null) {
          offsets = numbers(2);
        } else {
          throw text.refuse("tensor '%s' has the unexpected key '%s'".formatted(name, key));
        }
      } while (text.take(','));
      text.expect('}');
      if (type == null || shape == null || offsets == null || offsets.size() != 2) {
        throw text.refuse("tensor '" + name + "' lacks dtype, shape or data_offsets");
      }
      return checked(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private TensorType type(String name, String type) {
      for (TensorType known : TensorType.values()) {
        if (known.name().equals(type)) {
          return known;
        }
      }
      throw text.refuse(
          "tensor '%s' has the unknown dtype '%s', known are %s"
              .formatted(name, type, EnumSet.allOf(TensorType.class)));
    }

    private List<Long> numbers(int most) {
      var numbers = new ArrayList<Long>();
      text.expect('[');
      if (!text.take(']')) {
        do {
          numbers.add(text.number());
        } while (numbers.size() < most && text.take(','));
        text.expect(']');
      }
      return numbers;
    }

    private Entry checked(String name, TensorType type, List<Long> shape, long begin, long end) {
      if (begin > end || end > dataLength) {
        throw refuse(
            "tensor '%s' stands at bytes %d to %d of %d".formatted(name, begin, end, dataLength));
      }
      if (Extent.bytes(shape, type.bytes()) != end - begin) {
        throw refuse(
            "tensor '%s' of type %s and shape %s has %d bytes of data"
                .formatted(name, type, shape, end - begin));
      }
      long[] axes = shape.stream().mapToLong(Long::longValue).toArray();
      return new Entry(new TensorInfo(type, new Shape(axes)), begin, end);
    }

    private void checkCoverage() {
      var byPlace =
          tensors.entrySet().stream()
              .sorted(
                  Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
                      .thenComparingLong(e -> e.getValue().end()))
              .toList();
      long covered = 0;
      for (var entry : byPlace) {
        long begin = entry.getValue().begin();
        if (begin != covered) {
          throw refuse(
              "tensor '%s' begins at byte %d where %d is expected: %s"
                  .formatted(
                      entry.getKey(), begin, covered, begin < covered ? "an overlap" : "a gap"));
        }
        covered = entry.getValue().end();
      }
      if (covered != dataLength) {
        throw refuse("%d bytes follow the last tensor".formatted(dataLength - covered));
      }
    }
  }
}
