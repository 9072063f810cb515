package org.omnirad.pretrain;

import java.util.Optional;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.ImageList;
import org.omnirad.data.Split;
import org.omnirad.encoder.Encoder;
import org.omnirad.metric.Task;
import org.omnirad.probe.KnnClassifier;

/** The kNN accuracy of an encoder on a labelled dataset: validation images by training images. */
record Watch(ImageList train, ImageList val, int neighbours) {

  private static final int NEIGHBOURS = 20;

  /** A watch on a dataset; empty where it has no single label or no validation images. */
  static Optional<Watch> of(ImageDataset dataset, PretrainConfig config) {
    if (config.watch().scoreSteps() == 0
        || dataset.classNames().isEmpty()
        || dataset.task() == Task.MULTI_LABEL
        || dataset.split(Split.VAL).size() == 0) {
      return Optional.empty();
    }
    ImageList train = dataset.split(Split.TRAIN).sample(config.watch().images(), config.seed());
    ImageList val = dataset.split(Split.VAL).sample(config.watch().images(), config.seed());
    return Optional.of(new Watch(train, val, Math.min(NEIGHBOURS, train.size())));
  }

  /** From 0 to 1. */
  double score(Encoder encoder) {
    return KnnClassifier.fit(encoder.embed(train), neighbours)
        .evaluate(encoder.embed(val))
        .accuracy()
        .point();
  }
}
