package org.omnirad.tensor;

/**
 * One member of a zip archive, as its directory describes it.
 *
 * @param name the name in the archive
 * @param deflated whether the bytes are compressed; else they stand as they are
 * @param crc the CRC-32 of the uncompressed bytes
 * @param compressedSize bytes in the archive
 * @param size bytes uncompressed, as declared
 * @param headerOffset where the member's own header begins
 * @param dataOffset where its bytes begin
 */
record ZipMember(
    String name,
    boolean deflated,
    long crc,
    long compressedSize,
    long size,
    long headerOffset,
    long dataOffset) {}
