package org.omnirad.tests.training;

import java.nio.file.Files;
import java.nio.file.Path;
import org.omnirad.classify.FineTuneConfig;
import org.omnirad.classify.FineTuner;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.run.Json;

/**
 * Fine-tunes on phantom images in a virtual machine of its own, and saves the classifier in the run
 * folder. Arguments: the config's file, the run folder, the side of the images.
 */
final class FineTuneChild {

  private FineTuneChild() {}

  public static void main(String[] args) throws Exception {
    var config = Json.read(Files.readString(Path.of(args[0])), FineTuneConfig.class, args[0]);
    int size = Integer.parseInt(args[2]);
    Path run = Path.of(args[1]);
    var shape = new VitConfig(size, 4, 24, 2, 3, 4, true, 0.1f, 1e-6f);
    try (var data = PhantomDataset.of(new PhantomConfig(size, 64, 16, 8, 1));
        var start = Encoder.random(shape, 1);
        var classifier = FineTuner.fit(start, data, config, run)) {
      classifier.save(run.resolve("classifier"));
    }
  }
}
