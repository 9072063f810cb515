package org.omnirad.tests.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.omnirad.data.ImageList;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.Precision;

/**
 * Embeds the same images each time a line arrives on standard input, and answers with the seconds
 * it took; so that a benchmark can take turns with PyTorch. Arguments: precision, number of images.
 */
final class EmbedServer {

  private EmbedServer() {}

  public static void main(String[] args) throws IOException {
    Encoder encoder = Encoder.random(VitConfig.small(), 7).setPrecision(Precision.valueOf(args[0]));
    ImageList images = images(Integer.parseInt(args[1]), encoder.preprocessing().imageSize());
    System.out.println(encoder.record().entries().get("engine"));
    var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (requests.readLine() != null) {
      long started = System.nanoTime();
      encoder.embed(images);
      System.out.println((System.nanoTime() - started) / 1e9);
    }
  }

  private static ImageList images(int n, int side) {
    List<Sample> samples =
        IntStream.range(0, n)
            .mapToObj(
                i -> {
                  byte[] rgb = new byte[3 * side * side];
                  new SplittableRandom(i).nextBytes(rgb);
                  return new Sample("" + i, new RgbImage(side, side, rgb));
                })
            .toList();
    return new ImageList() {
      @Override
      public int size() {
        return n;
      }

      @Override
      public Sample get(int index) {
        return samples.get(index);
      }

      @Override
      public Task task() {
        return Task.MULTI_CLASS;
      }

      @Override
      public List<String> classNames() {
        return List.of();
      }

      @Override
      public RunRecord record() {
        return new RunRecord(java.util.Map.of("data", "noise"));
      }
    };
  }
}
