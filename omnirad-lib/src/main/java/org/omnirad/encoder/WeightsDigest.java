package org.omnirad.encoder;

import ai.djl.nn.Parameter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.TreeMap;
import org.omnirad.nn.Layer;
import org.omnirad.run.Md5;

/**
 * The md5 of a network's weights: names and float32 values in the order of the names, whatever file
 * held them.
 */
final class WeightsDigest {

  private WeightsDigest() {}

  static String md5(Layer network) {
    MessageDigest digest = Md5.digest();
    for (var entry : new TreeMap<String, Parameter>(network.namedParameters()).entrySet()) {
      digest.update(entry.getKey().getBytes(StandardCharsets.UTF_8));
      digest.update(entry.getValue().getArray().toByteBuffer());
    }
    return Md5.hex(digest);
  }
}
