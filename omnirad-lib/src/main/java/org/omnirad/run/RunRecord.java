package org.omnirad.run;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a result comes from: data, encoder, settings, seed, versions, device, time. Immutable;
 * entries keep their order.
 *
 * @param entries facts by name, such as {@code data.md5} or {@code encoder.md5}
 */
public record RunRecord(Map<String, String> entries) {

  /** Copies the entries. */
  public RunRecord {
    entries = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** A record of this virtual machine: its version, operating system and processors. */
  public static RunRecord ofMachine() {
    return new RunRecord(Map.of())
        .with("omnirad", version())
        .with("java", Runtime.version().toString())
        .with("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .with("processors", Runtime.getRuntime().availableProcessors());
  }

  /** This record with one more fact; an earlier one of that name is replaced. */
  public RunRecord with(String name, Object value) {
    var copy = new LinkedHashMap<>(entries);
    copy.put(name, String.valueOf(value));
    return new RunRecord(copy);
  }

  /** This record with all facts of another. */
  public RunRecord with(RunRecord other) {
    var copy = new LinkedHashMap<>(entries);
    copy.putAll(other.entries);
    return new RunRecord(copy);
  }

  /** This record with all facts of another, {@code prefix} before their names. */
  public RunRecord with(String prefix, RunRecord other) {
    var copy = new LinkedHashMap<>(entries);
    other.entries.forEach((name, value) -> copy.put(prefix + name, value));
    return new RunRecord(copy);
  }

  private static String version() {
    String version = RunRecord.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
