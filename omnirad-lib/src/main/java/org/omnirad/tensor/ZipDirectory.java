package org.omnirad.tensor;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.omnirad.run.InputException;

/**
 * Reads the directory of a zip archive, zip64 included, and finds where each member's bytes stand,
 * which the JDK's reader does not tell. Members must agree with their own headers, and must not
 * overlap, leave the archive, share a name or have a name that leads out of a folder.
 */
final class ZipDirectory {

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int MEMBER_SIGNATURE = 0x04034b50;
  private static final int END_LENGTH = 22;
  private static final int END64_LENGTH = 56;
  private static final int LOCATOR_LENGTH = 20;
  private static final int ENTRY_LENGTH = 46;
  private static final int MEMBER_LENGTH = 30;
  private static final int MAX_COMMENT = 0xFFFF;
  private static final int ZIP64_EXTRA = 1;
  private static final int ENCRYPTED = 1;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int ALL_ONES_16 = 0xFFFF;
  private static final long ALL_ONES_32 = 0xFFFFFFFFL;

  /** 16 MiB: some hundred thousand members. */
  private static final long MAX_LENGTH = 1 << 24;

  private static final String REMEDY =
      "The file is damaged or hostile: get it again from its source.";

  private final MappedBytes bytes;

  /** Where the directory stands and how many entries it has. */
  private record Place(long offset, long length, long entries) {}

  private ZipDirectory(MappedBytes bytes) {
    this.bytes = bytes;
  }

  /** The members in the order of the directory. */
  static List<ZipMember> read(MappedBytes bytes) {
    var directory = new ZipDirectory(bytes);
    try {
      return directory.members();
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw directory.refuse("the archive's directory is cut");
    }
  }

  private InputException refuse(String what) {
    return InputException.of(bytes.file(), Excerpt.of(what) + ".", REMEDY);
  }

  private ByteBuffer at(long offset, long count) {
    return ByteBuffer.wrap(bytes.read(offset, (int) count)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private List<ZipMember> members() {
    Place place = place();
    ByteBuffer directory = at(place.offset(), place.length());
    var members = new ArrayList<ZipMember>();
    Set<String> names = new HashSet<>();
    while (directory.hasRemaining()) {
      ZipMember member = entry(directory, place.offset());
      if (!names.add(member.name())) {
        throw refuse("two members are called '" + member.name() + "'");
      }
      members.add(member);
    }
    if (members.size() != place.entries()) {
      throw refuse(
          "the archive has %d members, its end says %s"
              .formatted(members.size(), Long.toUnsignedString(place.entries())));
    }
    checkOverlaps(members);
    return members;
  }

  private Place place() {
    int tail = (int) Math.min(bytes.length(), END_LENGTH + MAX_COMMENT);
    ByteBuffer end = at(bytes.length() - tail, tail);
    for (int i = tail - END_LENGTH; i >= 0; i--) {
      int comment = tail - END_LENGTH - i;
      if (end.getInt(i) == END_SIGNATURE && Short.toUnsignedInt(end.getShort(i + 20)) == comment) {
        return place(end.slice(i, END_LENGTH).order(ByteOrder.LITTLE_ENDIAN), comment);
      }
    }
    throw refuse("it is no zip archive, or cut: the end is missing");
  }

  private Place place(ByteBuffer end, int comment) {
    long endOffset = bytes.length() - END_LENGTH - comment;
    int entries = Short.toUnsignedInt(end.getShort(10));
    long length = Integer.toUnsignedLong(end.getInt(12));
    long offset = Integer.toUnsignedLong(end.getInt(16));
    if (entries == ALL_ONES_16 || length == ALL_ONES_32 || offset == ALL_ONES_32) {
      return place64(endOffset);
    }
    return checked(new Place(offset, length, entries), endOffset);
  }

  private Place place64(long endOffset) {
    ByteBuffer locator = at(endOffset - LOCATOR_LENGTH, LOCATOR_LENGTH);
    long end64Offset = locator.getLong(8);
    if (locator.getInt(0) != LOCATOR_SIGNATURE
        || end64Offset > endOffset - LOCATOR_LENGTH - END64_LENGTH) {
      throw refuse("the archive's zip64 end is missing");
    }
    ByteBuffer end = at(end64Offset, END64_LENGTH);
    if (end.getInt(0) != END64_SIGNATURE) {
      throw refuse("the archive's zip64 end is missing");
    }
    return checked(new Place(end.getLong(48), end.getLong(40), end.getLong(32)), end64Offset);
  }

  private Place checked(Place place, long endOffset) {
    if (place.offset() < 0 || place.length() < 0 || place.offset() > endOffset - place.length()) {
      throw refuse("the archive's directory stands outside of it");
    }
    if (place.length() > MAX_LENGTH) {
      throw refuse(
          "an archive directory of %d bytes, at most %d are read"
              .formatted(place.length(), MAX_LENGTH));
    }
    return place;
  }

  private ZipMember entry(ByteBuffer directory, long directoryOffset) {
    ByteBuffer fixed = directory.slice(directory.position(), ENTRY_LENGTH);
    fixed.order(ByteOrder.LITTLE_ENDIAN);
    directory.position(directory.position() + ENTRY_LENGTH);
    if (fixed.getInt(0) != ENTRY_SIGNATURE) {
      throw refuse("the archive's directory is damaged");
    }
    String name = name(directory, Short.toUnsignedInt(fixed.getShort(28)));
    ByteBuffer extra = part(directory, Short.toUnsignedInt(fixed.getShort(30)));
    part(directory, Short.toUnsignedInt(fixed.getShort(32)));

    ByteBuffer wide = zip64(extra);
    long size = wide(fixed.getInt(24), wide);
    long compressedSize = wide(fixed.getInt(20), wide);
    long headerOffset = wide(fixed.getInt(42), wide);
    int method = Short.toUnsignedInt(fixed.getShort(10));
    checkMethod(name, method, fixed.getShort(8));
    if (size < 0 || compressedSize < 0 || (method == STORED && size != compressedSize)) {
      throw refuse("the sizes of member '" + name + "' are impossible");
    }
    long dataOffset = dataOffset(name, headerOffset, method);
    if (dataOffset > directoryOffset || compressedSize > directoryOffset - dataOffset) {
      throw refuse("member '" + name + "' is cut or reaches into the directory");
    }
    long crc = Integer.toUnsignedLong(fixed.getInt(16));
    return new ZipMember(
        name, method == DEFLATED, crc, compressedSize, size, headerOffset, dataOffset);
  }

  private static ByteBuffer part(ByteBuffer buffer, int length) {
    ByteBuffer part = buffer.slice(buffer.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.position(buffer.position() + length);
    return part;
  }

  private String name(ByteBuffer directory, int length) {
    String name = StandardCharsets.UTF_8.decode(part(directory, length)).toString();
    boolean leadsOut =
        name.isEmpty()
            || name.startsWith("/")
            || name.indexOf('\\') >= 0
            || name.indexOf(':') >= 0
            || name.chars().anyMatch(c -> c < ' ')
            || List.of(name.split("/")).contains("..");
    if (leadsOut) {
      throw refuse("the member name '" + name + "' leads out of the archive or is no name");
    }
    return name;
  }

  private void checkMethod(String name, int method, int flags) {
    if ((method != STORED && method != DEFLATED) || (flags & ENCRYPTED) != 0) {
      throw InputException.of(
          bytes.file(),
          "member '%s' is %s."
              .formatted(
                  Excerpt.of(name),
                  (flags & ENCRYPTED) != 0 ? "encrypted" : "compressed by method " + method),
          "Save it with numpy's savez or savez_compressed.");
    }
  }

  /** The zip64 part of an extra field; empty where there is none. */
  private static ByteBuffer zip64(ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int length = Short.toUnsignedInt(extra.getShort());
      ByteBuffer field = part(extra, length);
      if (id == ZIP64_EXTRA) {
        return field;
      }
    }
    return ByteBuffer.allocate(0);
  }

  /** A field of 32 bits, or of 64 from the zip64 part where all its bits are one. */
  private static long wide(int field, ByteBuffer zip64) {
    long value = Integer.toUnsignedLong(field);
    return value == ALL_ONES_32 ? zip64.getLong() : value;
  }

  private long dataOffset(String name, long headerOffset, int method) {
    ByteBuffer header = at(headerOffset, MEMBER_LENGTH);
    int nameLength = Short.toUnsignedInt(header.getShort(26));
    int extraLength = Short.toUnsignedInt(header.getShort(28));
    String own =
        StandardCharsets.UTF_8.decode(at(headerOffset + MEMBER_LENGTH, nameLength)).toString();
    if (header.getInt(0) != MEMBER_SIGNATURE
        || Short.toUnsignedInt(header.getShort(8)) != method
        || !own.equals(name)) {
      throw refuse("member '" + name + "' does not begin where the directory says");
    }
    return headerOffset + MEMBER_LENGTH + nameLength + extraLength;
  }

  private void checkOverlaps(List<ZipMember> members) {
    long covered = 0;
    for (ZipMember member :
        members.stream().sorted(Comparator.comparingLong(ZipMember::headerOffset)).toList()) {
      if (member.headerOffset() < covered) {
        throw refuse("member '" + member.name() + "' overlaps another");
      }
      covered = member.dataOffset() + member.compressedSize();
    }
  }
}
