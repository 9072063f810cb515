package org.omnirad.classify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.encoder.Encoder;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.Task;
import org.omnirad.probe.LinearHead;
import org.omnirad.run.InputException;
import org.omnirad.run.RunRecord;

class ClassifierTest {

  private static final VitConfig SHALLOW = VitConfig.tiny().withImageSize(32).withDepth(2);

  @TempDir Path folder;
  private Path picture;
  private final ImageDataset dataset =
      PhantomDataset.of(PhantomConfig.defaults().withImageSize(32).withSizes(64, 16, 8));

  @BeforeEach
  void writeAPicture() throws IOException {
    picture = folder.resolve("new.png");
    var image = dataset.split(Split.TEST).get(3).image().toBufferedImage();
    ImageIO.write(image, "png", picture.toFile());
  }

  @AfterEach
  void close() {
    dataset.close();
  }

  /** A classifier that says the same of every image. */
  private Classifier constant(Task task, float... logits) {
    float[][] weight = new float[logits.length][SHALLOW.embedDim()];
    return new Classifier(
        Encoder.random(SHALLOW, 1),
        FeatureSpec.cls(),
        new LinearHead(weight, logits, task),
        List.of("nodule", "effusion", "fracture").subList(0, logits.length),
        new RunRecord(Map.of()));
  }

  @Test
  void namesEveryFindingAboveOneHalf() {
    try (var several = constant(Task.MULTI_LABEL, 2, -0.01f, 0.01f);
        var none = constant(Task.MULTI_LABEL, -1, -2, -3);
        var one = constant(Task.MULTI_CLASS, -1, -2, -3)) {
      Prediction prediction = several.predict(List.of(picture)).get(0);
      assertEquals(List.of("nodule", "fracture"), prediction.labels());
      assertEquals(1 / (1 + Math.exp(-2)), prediction.probabilities().get("nodule"), 1e-6);
      assertEquals(1 / (1 + Math.exp(0.01)), prediction.probabilities().get("effusion"), 1e-6);
      Prediction nothing = none.predict(List.of(picture)).get(0);
      assertEquals(List.of(), nothing.labels());
      assertEquals(
          picture + ": no finding (nodule 0.269, effusion 0.119, fracture 0.047)",
          nothing.toString());
      assertEquals(List.of("nodule"), one.predict(List.of(picture)).get(0).labels());
    }
  }

  @Test
  void aTunedClassifierComesBackAndPredictsInOneCall() {
    FineTuneConfig config = FineTuneConfig.lora().quick().withEpochs(2, 1).withBatch(16, 16);
    Path saved = folder.resolve("saved");
    try (var encoder = Encoder.random(SHALLOW, 7);
        var tuned = FineTuner.fit(encoder, dataset, config)) {
      tuned.save(saved);
      assertEquals(tuned.predict(List.of(picture)), Classifier.predict(saved, List.of(picture)));
      try (var again = Classifier.load(saved)) {
        assertEquals(tuned.record(), again.record());
        assertEquals(dataset.classNames(), again.classNames());
        assertArrayEquals(
            tuned.predict(dataset.split(Split.TEST)), again.predict(dataset.split(Split.TEST)));
      }
    }
    assertThrows(
        InputException.class, () -> Classifier.predict(folder.resolve("none"), List.of(picture)));
  }
}
