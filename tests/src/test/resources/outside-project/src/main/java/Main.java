import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.VitConfig;

/** Embeds drawn images with a random encoder. */
class Main {
  public static void main(String[] args) {
    var dataset = PhantomDataset.of(PhantomConfig.defaults());
    try (var encoder = Encoder.random(VitConfig.tiny(), 7)) {
      var features = encoder.embed(dataset.split(Split.VAL).first(20));
      System.out.println(features.size() + " x " + features.dim());
    }
  }
}
