package org.omnirad;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.omnirad.pretrain.PretrainConfig;
import org.omnirad.pretrain.Pretrainer;
import org.omnirad.pretrain.WeightedDataset;
import org.omnirad.run.InputException;
import org.omnirad.run.Json;
import org.omnirad.train.TrainingStoppedException;

/** Pretraining without a notebook, such as on a server with a GPU. */
public final class PretrainMain {

  private static final String USAGE =
      """
      PretrainMain tiny|small|base
          prints the config of a preset as JSON
      PretrainMain CONFIG.json RUN-FOLDER DATASET...
          pretrains, or goes on with the run that the folder holds

      A DATASET is a name of the catalogue, "phantom", or a path, then @ and a size in pixels
      where it exists in several (by default that of the views), then = and a weight in the
      mixture: chestmnist@224=2
      """;

  private static final Pattern DATASET = Pattern.compile("(.+?)(?:@(\\d+))?(?:=([0-9.]+))?");

  private PretrainMain() {}

  /**
   * Runs the command line; ends with status 1 where the input cannot be used, 2 without one. Where
   * the process is terminated or gets Ctrl-C, the training writes a checkpoint first.
   */
  public static void main(String[] args) {
    var ended = new CountDownLatch(1);
    stopBeforeExit(Thread.currentThread(), ended);
    int status;
    try {
      status = run(args, System.out, System.err);
    } finally {
      ended.countDown();
    }
    System.exit(status);
  }

  // The engine's libraries must not be unloaded under a step that is still running.
  private static void stopBeforeExit(Thread training, CountDownLatch ended) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  training.interrupt();
                  try {
                    ended.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  static int run(String[] args, PrintStream out, PrintStream err) {
    if (args.length == 0 || args.length == 2) {
      err.print(USAGE);
      return 2;
    }
    try {
      if (args.length == 1) {
        out.print(Json.write(preset(args[0])));
      } else {
        out.println(pretrain(args));
      }
      return 0;
    } catch (InputException
        | IllegalArgumentException
        | TrainingStoppedException
        | CancellationException e) {
      err.println(e.getMessage());
      return 1;
    } catch (IOException e) {
      err.println("cannot read " + e.getMessage());
      return 1;
    }
  }

  private static PretrainConfig preset(String name) {
    return switch (name) {
      case "tiny" -> PretrainConfig.tiny();
      case "small" -> PretrainConfig.small();
      case "base" -> PretrainConfig.base();
      default ->
          throw new InputException(
              "There is no preset '%s'.".formatted(name), "The presets are tiny, small and base.");
    };
  }

  private static String pretrain(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    var config = Json.read(Files.readString(file), PretrainConfig.class, args[0]);
    List<WeightedDataset> datasets = new ArrayList<>();
    try {
      for (String argument : Arrays.asList(args).subList(2, args.length)) {
        datasets.add(dataset(argument, config.views().first().size()));
      }
      try (var run = Pretrainer.run(datasets, config, Path.of(args[1]))) {
        return "%s%n%s".formatted(run.report(), run.folder().resolve("encoder"));
      }
    } finally {
      datasets.forEach(d -> d.dataset().close());
    }
  }

  private static WeightedDataset dataset(String argument, int viewSize) {
    Matcher parts = DATASET.matcher(argument);
    try {
      if (parts.matches()) {
        int size = parts.group(2) == null ? viewSize : Integer.parseInt(parts.group(2));
        double weight = parts.group(3) == null ? 1 : Double.parseDouble(parts.group(3));
        return new WeightedDataset(OmniRad.dataset(parts.group(1), size), weight);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new InputException(
        "'%s' names no dataset.".formatted(argument),
        "Write its name or path, then @ and a size, then = and a weight: chestmnist@224=2.");
  }
}
