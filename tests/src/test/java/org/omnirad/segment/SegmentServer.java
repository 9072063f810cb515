package org.omnirad.segment;

import ai.djl.ndarray.NDManager;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.BlockTokens;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureCache;
import org.omnirad.encoder.VitConfig;
import org.omnirad.run.RandomSource;
import org.omnirad.run.TemporaryFolder;
import org.omnirad.tensor.EngineRecord;
import org.omnirad.tensor.Precision;

/**
 * Works on a batch with ViT-S/14 at 448 pixels each time a line arrives on standard input, and
 * answers with the seconds; {@code tests/benchmarks/segment.py} takes turns with it. Arguments:
 * what to do, and how many images. "first" is a training step on images that were not seen before,
 * so that their tokens are computed and kept; "later" one on images whose tokens are kept; "tokens"
 * computes and keeps them only; "predict" gives masks. Decoded images are given.
 */
final class SegmentServer {

  private static final int SIZE = 448;
  private static final int IMAGES = 64;

  private SegmentServer() {}

  public static void main(String[] args) throws IOException {
    int batch = Integer.parseInt(args[1]);
    SegmentConfig config = SegmentConfig.small().withPrecision(Precision.FLOAT32);
    List<String> classes = List.of("background", "lesion");
    ImageList list =
        PhantomDataset.of(PhantomConfig.defaults().withImageSize(SIZE))
            .split(Split.TRAIN)
            .first(IMAGES); // so few that the cache takes them
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      samples.add(list.get(i));
    }
    try (var network =
            SegmentNetwork.start(
                Encoder.random(VitConfig.small(), 7), config, classes, new RandomSource(7));
        var folder = TemporaryFolder.create();
        var trainee = new Trainee(config, network, tokens(folder, network, list), list, null)) {
      BlockTokens tokens = tokens(folder, network, list);
      System.out.println(EngineRecord.ofEngine().entries().get("engine"));
      var requests =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
      for (int call = 0; requests.readLine() != null; call++) {
        List<Sample> given = args[0].equals("later") ? samples : renamed(samples, call);
        long started = System.nanoTime();
        work(args[0], network, trainee, given, tokens);
        System.out.println((System.nanoTime() - started) / 1e9);
      }
    }
  }

  private static BlockTokens tokens(
      TemporaryFolder folder, SegmentNetwork network, ImageList images) {
    return new FeatureCache(folder.path(), 1L << 32)
        .tokens(network.encoder(), images, network.blocks());
  }

  /** The same images as if they were others. */
  private static List<Sample> renamed(List<Sample> samples, int call) {
    return samples.stream()
        .map(
            s -> new Sample(call + "/" + s.id(), s.image(), s.labels(), s.mask(), Optional.empty()))
        .toList();
  }

  private static void work(
      String what,
      SegmentNetwork network,
      Trainee trainee,
      List<Sample> samples,
      BlockTokens tokens) {
    switch (what) {
      case "predict" -> {
        List<RgbImage> images = samples.stream().map(Sample::image).toList();
        network.predict(samples.stream().map(Sample::id).toList(), images);
      }
      case "tokens" -> {
        try (NDManager step = NDManager.newBaseManager()) {
          tokens.of(step, samples);
        }
      }
      default -> trainee.update(0, trainee.look(0, samples));
    }
  }
}
