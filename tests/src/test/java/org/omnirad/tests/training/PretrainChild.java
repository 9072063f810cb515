package org.omnirad.tests.training;

import java.nio.file.Files;
import java.nio.file.Path;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.pretrain.PretrainConfig;
import org.omnirad.pretrain.Pretrainer;
import org.omnirad.run.Json;

/**
 * Pretrains on phantom images in a virtual machine of its own. Arguments: the config's file, the
 * run folder, the side of the images.
 */
final class PretrainChild {

  private PretrainChild() {}

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    var config = Json.read(Files.readString(file), PretrainConfig.class, args[0]);
    var data = PhantomDataset.of(new PhantomConfig(Integer.parseInt(args[2]), 48, 24, 8, 1));
    try (var encoder = Pretrainer.run(data, config, Path.of(args[1])).encoder()) {
      System.out.println("done: " + encoder);
    }
  }
}
