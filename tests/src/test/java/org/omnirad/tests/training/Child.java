package org.omnirad.tests.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.omnirad.PretrainMain;
import org.omnirad.classify.FineTuneConfig;
import org.omnirad.pretrain.PretrainConfig;
import org.omnirad.run.Json;
import org.omnirad.train.MetricsLog;

/** Runs of {@link PretrainChild} and {@link FineTuneChild} in a folder. */
record Child(Path folder, int imageSize, String heap) {

  /** The command of a fine-tuning on few small images. */
  List<String> command(FineTuneConfig config, String run) throws java.io.IOException {
    return command(FineTuneChild.class.getName(), config, run, String.valueOf(imageSize));
  }

  /** The command of a pretraining on few small images. */
  List<String> command(PretrainConfig config, String run) throws java.io.IOException {
    return command(PretrainChild.class.getName(), config, run, String.valueOf(imageSize));
  }

  /** The command of the library's own program on phantom images. */
  List<String> main(PretrainConfig config, String run) throws java.io.IOException {
    return command(PretrainMain.class.getName(), config, run, "phantom@" + imageSize);
  }

  private List<String> command(String program, Record config, String run, String data)
      throws java.io.IOException {
    Path file = Files.writeString(folder.resolve(run + ".json"), Json.write(config));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx" + heap,
        "-Domnirad.progress=off",
        "-Dai.djl.offline=true",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        program,
        file.toString(),
        folder.resolve(run).toString(),
        data);
  }

  /** Every number of a run's metrics but the speed, to the last bit. */
  List<String> rows(String run) {
    MetricsLog metrics = MetricsLog.read(folder.resolve(run).resolve("metrics.csv"));
    List<double[]> columns =
        metrics.columns().stream()
            .filter(name -> !name.equals("images_per_second"))
            .map(metrics::column)
            .toList();
    var rows = new ArrayList<String>();
    for (int i = 0; i < metrics.size(); i++) {
      int row = i;
      rows.add(Arrays.toString(columns.stream().mapToDouble(c -> c[row]).toArray()));
    }
    return rows;
  }
}
