package org.omnirad.tests.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process, as Linux counts it. */
public final class ProcessMemory {

  private ProcessMemory() {}

  /** Resident now, in kB. */
  public static long residentKilobytes() {
    return kilobytes("VmRSS:");
  }

  /** The most that was ever resident, in kB. */
  public static long peakKilobytes() {
    return kilobytes("VmHWM:");
  }

  private static long kilobytes(String name) {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException("memory is read from /proc, which Linux has", e);
    }
  }
}
