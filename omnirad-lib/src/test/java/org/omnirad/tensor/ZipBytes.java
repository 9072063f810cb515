package org.omnirad.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Builds zip archives field by field, zip64 or not, so that each field can be wrong. */
final class ZipBytes {

  private static final int MAX = 1 << 24;

  /** One member; every field is what the directory will say. */
  static final class Member {
    String name;
    byte[] bytes;
    int method;
    int flags;
    long crc;
    long size;
    long compressedSize;
    Long offset;

    Member(String name, byte[] content, boolean deflated) {
      this.name = name;
      this.bytes = deflated ? deflate(content) : content;
      this.method = deflated ? 8 : 0;
      var sum = new CRC32();
      sum.update(content);
      this.crc = sum.getValue();
      this.size = content.length;
      this.compressedSize = bytes.length;
    }
  }

  final List<Member> members = new ArrayList<>();
  boolean zip64;
  Long directoryOffset;
  int entries = -1;
  String comment = "";

  Member add(String name, byte[] content, boolean deflated) {
    var member = new Member(name, content, deflated);
    members.add(member);
    return member;
  }

  byte[] build() {
    ByteBuffer out = ByteBuffer.allocate(MAX).order(ByteOrder.LITTLE_ENDIAN);
    for (Member member : members) {
      long offset = out.position();
      member.offset = member.offset == null ? offset : member.offset;
      byte[] name = member.name.getBytes(StandardCharsets.UTF_8);
      out.putInt(0x04034b50).putShort((short) 45).putShort((short) member.flags);
      out.putShort((short) member.method).putInt(0).putInt((int) member.crc);
      out.putInt(-1).putInt(-1).putShort((short) name.length).putShort((short) 20);
      out.put(name).putShort((short) 1).putShort((short) 16);
      out.putLong(member.size).putLong(member.compressedSize).put(member.bytes);
    }
    long start = directoryOffset == null ? out.position() : directoryOffset;
    int directory = out.position();
    members.forEach(member -> putEntry(out, member));
    int length = out.position() - directory;
    int count = entries < 0 ? members.size() : entries;
    if (zip64) {
      long end64 = out.position();
      out.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
      out.putInt(0).putInt(0).putLong(count).putLong(count).putLong(length).putLong(start);
      out.putInt(0x07064b50).putInt(0).putLong(end64).putInt(1);
    }
    out.putInt(0x06054b50).putInt(0);
    out.putShort((short) (zip64 ? -1 : count)).putShort((short) (zip64 ? -1 : count));
    out.putInt(zip64 ? -1 : length).putInt(zip64 ? -1 : (int) start);
    byte[] text = comment.getBytes(StandardCharsets.UTF_8);
    out.putShort((short) text.length).put(text);
    return Arrays.copyOf(out.array(), out.position());
  }

  private void putEntry(ByteBuffer out, Member member) {
    byte[] name = member.name.getBytes(StandardCharsets.UTF_8);
    out.putInt(0x02014b50).putShort((short) 45).putShort((short) 45);
    out.putShort((short) member.flags).putShort((short) member.method).putInt(0);
    out.putInt((int) member.crc);
    out.putInt(zip64 ? -1 : (int) member.compressedSize).putInt(zip64 ? -1 : (int) member.size);
    out.putShort((short) name.length).putShort((short) (zip64 ? 32 : 0)).putShort((short) 0);
    out.putShort((short) 0).putShort((short) 0).putInt(0);
    out.putInt(zip64 ? -1 : member.offset.intValue()).put(name);
    if (zip64) {
      // A part of another kind comes first.
      out.putShort((short) 9).putShort((short) 0);
      out.putShort((short) 1).putShort((short) 24);
      out.putLong(member.size).putLong(member.compressedSize).putLong(member.offset);
    }
  }

  private static byte[] deflate(byte[] content) {
    var deflater = new Deflater(6, true);
    deflater.setInput(content);
    deflater.finish();
    byte[] out = new byte[content.length + 64];
    int length = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, length);
  }
}
