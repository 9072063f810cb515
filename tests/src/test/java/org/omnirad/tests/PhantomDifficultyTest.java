package org.omnirad.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnirad.data.ImageList;
import org.omnirad.data.Sample;
import org.omnirad.data.Split;
import org.omnirad.data.phantom.PhantomConfig;
import org.omnirad.data.phantom.PhantomDataset;
import org.omnirad.run.RandomSource;

/** The phantom is neither trivial nor noise: pixels alone don't tell its classes, shapes do. */
class PhantomDifficultyTest {

  private static final int SIZE = 64;
  private static final int CLASSES = 8;
  private static final int BATCH = 32;
  private static final int EPOCHS = 6;

  private final PhantomDataset dataset = PhantomDataset.of(PhantomConfig.defaults());
  private final Pixels train = Pixels.of(dataset.split(Split.TRAIN));
  private final Pixels test = Pixels.of(dataset.split(Split.TEST));

  /** Grey values from 0 to 1 and labels. */
  private record Pixels(float[][] images, int[] labels) {

    static Pixels of(ImageList list) {
      float[][] images = new float[list.size()][SIZE * SIZE];
      int[] labels = new int[list.size()];
      for (int i = 0; i < images.length; i++) {
        Sample sample = list.get(i);
        labels[i] = sample.labels()[0];
        for (int p = 0; p < images[i].length; p++) {
          images[i][p] = (sample.image().rgb()[3 * p] & 255) / 255f;
        }
      }
      return new Pixels(images, labels);
    }
  }

  @Test
  void neighboursByRawPixelsStayBelowEightyPercent() {
    int[] choices = {1, 5, 20};
    double[] byAngle = new double[choices.length];
    double[] byDistance = new double[choices.length];
    for (int i = 0; i < test.images.length; i++) {
      double[] cosine = new double[train.images.length];
      double[] nearness = new double[train.images.length];
      double own = dot(test.images[i], test.images[i]);
      for (int j = 0; j < cosine.length; j++) {
        double product = dot(test.images[i], train.images[j]);
        double other = dot(train.images[j], train.images[j]);
        cosine[j] = product / Math.sqrt(own * other);
        nearness[j] = 2 * product - own - other;
      }
      for (int c = 0; c < choices.length; c++) {
        byAngle[c] += vote(cosine, choices[c]) == test.labels[i] ? 1.0 / test.images.length : 0;
        byDistance[c] +=
            vote(nearness, choices[c]) == test.labels[i] ? 1.0 / test.images.length : 0;
      }
    }
    for (double accuracy : new double[] {max(byAngle), max(byDistance)}) {
      assertTrue(accuracy < 0.8 && accuracy > 0.4, () -> "accuracy %.3f".formatted(accuracy));
    }
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  private static double dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private int vote(double[] similarity, int k) {
    int[] votes = new int[CLASSES];
    IntStream.range(0, similarity.length)
        .boxed()
        .sorted(Comparator.comparingDouble(j -> -similarity[j]))
        .limit(k)
        .forEach(j -> votes[train.labels[j]]++);
    return IntStream.range(0, CLASSES).boxed().max(Comparator.comparingInt(c -> votes[c])).get();
  }

  @Test
  void smallConvolutionalNetworkReachesNinetyFivePercent() {
    Engine.getInstance().setRandomSeed(1);
    // Layers this small lose more by sharing their work between threads than they gain.
    int threads = JniUtils.getNumThreads();
    JniUtils.setNumThreads(1);
    try (Model model = Model.newInstance("cnn", Device.cpu())) {
      model.setBlock(network());
      int steps = EPOCHS * (train.images.length / BATCH);
      var optimizer =
          Optimizer.adam()
              .optLearningRateTracker(
                  Tracker.cosine()
                      .setBaseValue(4e-3f)
                      .optFinalValue(1e-5f)
                      .setMaxUpdates(steps)
                      .build())
              .build();
      var config =
          new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
              .optOptimizer(optimizer)
              .optDevices(new Device[] {Device.cpu()});
      try (Trainer trainer = model.newTrainer(config)) {
        trainer.initialize(new Shape(BATCH, 1, SIZE, SIZE));
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
          train(trainer, epoch);
        }
        double accuracy = accuracy(trainer);
        assertTrue(accuracy >= 0.95, () -> "accuracy %.3f".formatted(accuracy));
      }
    } finally {
      JniUtils.setNumThreads(threads);
    }
  }

  private static SequentialBlock network() {
    var block = new SequentialBlock();
    int[] widths = {16, 32, 64, 64};
    for (int i = 0; i < widths.length; i++) {
      int kernel = i == 0 ? 5 : 3;
      block
          .add(
              Conv2d.builder()
                  .setKernelShape(new Shape(kernel, kernel))
                  .optPadding(new Shape(kernel / 2, kernel / 2))
                  .optStride(i == 0 ? new Shape(2, 2) : new Shape(1, 1))
                  .setFilters(widths[i])
                  .optBias(false)
                  .build())
          .add(BatchNorm.builder().build())
          .add(Activation.reluBlock());
      if (i > 0) {
        block.add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
      }
    }
    return block
        .add(Pool.globalAvgPool2dBlock())
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(CLASSES).build());
  }

  private void train(Trainer trainer, int epoch) {
    SplittableRandom random = new RandomSource(3).at(epoch, "epoch");
    int[] order = IntStream.range(0, train.images.length).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    for (int start = 0; start + BATCH <= order.length; start += BATCH) {
      float[] images = new float[BATCH * SIZE * SIZE];
      int[] labels = new int[BATCH];
      for (int b = 0; b < BATCH; b++) {
        moved(train.images[order[start + b]], images, b * SIZE * SIZE, random);
        labels[b] = train.labels[order[start + b]];
      }
      try (NDManager step = trainer.getManager().newSubManager()) {
        NDArray x = step.create(images, new Shape(BATCH, 1, SIZE, SIZE));
        NDArray y = step.create(labels);
        try (GradientCollector collector = trainer.newGradientCollector()) {
          NDList logits = trainer.forward(new NDList(x));
          collector.backward(trainer.getLoss().evaluate(new NDList(y), logits));
        }
        trainer.step();
      }
    }
  }

  // Shifted by up to six pixels and mirrored at random.
  private static void moved(float[] image, float[] target, int offset, SplittableRandom random) {
    int dx = random.nextInt(-6, 7);
    int dy = random.nextInt(-6, 7);
    boolean mirror = random.nextBoolean();
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        int fromRow = row + dy;
        int fromColumn = (mirror ? SIZE - 1 - column : column) + dx;
        if (fromRow >= 0 && fromRow < SIZE && fromColumn >= 0 && fromColumn < SIZE) {
          target[offset + row * SIZE + column] = image[fromRow * SIZE + fromColumn];
        }
      }
    }
  }

  private double accuracy(Trainer trainer) {
    int right = 0;
    for (int start = 0; start < test.images.length; start += 100) {
      try (NDManager step = trainer.getManager().newSubManager()) {
        float[][] images = Arrays.copyOfRange(test.images, start, start + 100);
        float[] flat = new float[100 * SIZE * SIZE];
        for (int b = 0; b < 100; b++) {
          System.arraycopy(images[b], 0, flat, b * SIZE * SIZE, SIZE * SIZE);
        }
        NDArray x = step.create(flat, new Shape(100, 1, SIZE, SIZE));
        long[] predicted = trainer.evaluate(new NDList(x)).head().argMax(1).toLongArray();
        for (int b = 0; b < 100; b++) {
          right += predicted[b] == test.labels[start + b] ? 1 : 0;
        }
      }
    }
    return right / (double) test.images.length;
  }
}
