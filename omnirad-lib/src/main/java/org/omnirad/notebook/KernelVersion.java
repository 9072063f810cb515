package org.omnirad.notebook;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/** Which kernel runs the cells. */
public final class KernelVersion {

  private static final String FACTS =
      "/META-INF/maven/org.dflib.jjava/jjava-jupyter/pom.properties";

  private KernelVersion() {}

  /** The version of JJava; empty outside a notebook. */
  public static Optional<String> find() {
    try (InputStream in = KernelVersion.class.getResourceAsStream(FACTS)) {
      if (in == null) {
        return Optional.empty();
      }
      var facts = new Properties();
      facts.load(in);
      return Optional.of("JJava " + facts.getProperty("version"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
