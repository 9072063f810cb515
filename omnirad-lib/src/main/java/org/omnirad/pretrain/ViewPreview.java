package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.omnirad.data.CaptionedPictures;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.RgbImage;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.TrainingStream;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.Preprocessing;
import org.omnirad.run.RandomSource;

/**
 * What the first step of a pretraining sees of some of its images. Each image has {@value #COLUMNS}
 * pictures, a row of a montage: the image, its two global views, and both views again with their
 * hidden patches grey.
 *
 * @param title names the dataset
 * @param pictures {@value #COLUMNS} of each image
 * @param captions one for each picture
 */
public record ViewPreview(String title, List<RgbImage> pictures, List<String> captions)
    implements CaptionedPictures {

  /** Pictures of one image. */
  public static final int COLUMNS = 5;

  private static final int VIEWS = 2;
  private static final byte GREY = (byte) 128;

  /** Copies the lists. */
  public ViewPreview {
    pictures = List.copyOf(pictures);
    captions = List.copyOf(captions);
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  /**
   * Makes the views and masks that {@link Pretrainer#run} with this dataset and config makes in its
   * first step.
   *
   * @param images how many images of the first batch, 1 to its size
   */
  public static ViewPreview of(ImageDataset dataset, PretrainConfig config, int images) {
    require(
        images >= 1 && images <= config.batch().size(),
        "images",
        images,
        "1 to the batch, " + config.batch().size());
    Preprocessing preprocessing = Preprocessing.imageNet(config.views().first().size());
    int patchSize = config.encoder().patchSize();
    if (!config.start().isEmpty()) {
      try (Encoder start = Encoder.of(config.start())) {
        preprocessing = start.preprocessing();
        patchSize = start.config().patchSize();
      }
    }
    var maker = new ViewMaker(config, patchSize, preprocessing);
    List<Sample> samples = firstBatch(dataset, config).subList(0, images);
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      Views views = maker.make(manager, samples, 0, 0, maker.masks(0));
      String title = dataset.name() + ", first training step";
      return of(title, samples, pictures(views, preprocessing), views.masks(), patchSize);
    }
  }

  private static List<Sample> firstBatch(ImageDataset dataset, PretrainConfig config) {
    var images = new Reduced(dataset.split(Split.TRAIN), 2 * config.views().first().size());
    var random = new RandomSource(config.seed());
    var sources = List.of(new TrainingStream.Source(images, 1));
    try (var stream = new TrainingStream(sources, config.batch().size(), random, 0)) {
      return stream.next();
    }
  }

  /** The global views as images, with their normalisation undone. */
  private static List<RgbImage> pictures(Views views, Preprocessing preprocessing) {
    int size = (int) views.global().getShape().get(2);
    float[] values = views.global().toFloatArray(); // (2b, 3, S, S)
    int area = size * size;
    var pictures = new ArrayList<RgbImage>();
    for (int view = 0; view < views.masks().length; view++) {
      byte[] rgb = new byte[3 * area];
      for (int i = 0; i < rgb.length; i++) {
        int channel = i % 3;
        float value = values[(3 * view + channel) * area + i / 3];
        float pixel = value * preprocessing.std().get(channel) + preprocessing.mean().get(channel);
        rgb[i] = (byte) Math.clamp(Math.round(255 * pixel), 0, 255);
      }
      pictures.add(new RgbImage(size, size, rgb));
    }
    return pictures;
  }

  private static ViewPreview of(
      String title, List<Sample> samples, List<RgbImage> views, boolean[][] masks, int patchSize) {
    var pictures = new ArrayList<RgbImage>();
    var captions = new ArrayList<String>();
    for (int i = 0; i < samples.size(); i++) {
      pictures.add(samples.get(i).image());
      captions.add("image");
      for (int view = 0; view < VIEWS; view++) {
        pictures.add(views.get(view * samples.size() + i));
        captions.add("view " + (view + 1));
      }
      for (int view = 0; view < VIEWS; view++) {
        int at = view * samples.size() + i;
        pictures.add(hidden(views.get(at), masks[at], patchSize));
        captions.add(caption(masks[at]));
      }
    }
    return new ViewPreview(title, pictures, captions);
  }

  private static RgbImage hidden(RgbImage view, boolean[] mask, int patchSize) {
    int grid = view.width() / patchSize;
    byte[] rgb = view.rgb().clone();
    for (int i = 0; i < rgb.length; i++) {
      int row = i / 3 / view.width() / patchSize;
      int column = i / 3 % view.width() / patchSize;
      if (mask[row * grid + column]) {
        rgb[i] = GREY;
      }
    }
    return new RgbImage(view.width(), view.height(), rgb);
  }

  private static String caption(boolean[] mask) {
    int hidden = 0;
    for (boolean one : mask) {
      hidden += one ? 1 : 0;
    }
    return hidden == 0
        ? "nothing hidden"
        : String.format(Locale.ROOT, "%d of %d hidden", hidden, mask.length);
  }
}
