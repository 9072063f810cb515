package org.omnirad.pretrain;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.omnirad.nn.DropPath;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.Ops;

/**
 * The loss of OmniRad's pretraining, and its gradients in the student.
 *
 * <p>With B images, each in two global views v and w, t the teacher's probabilities of a class
 * token and s the student's logits:
 *
 * <ul>
 *   <li>DINO is the mean over both views of all images of the cross-entropy of t(w) and s(v): each
 *       view against the other teacher view, weight 1 in all. With L local views each of these
 *       stands against both teacher views too, and the mean is over the 2 + 2L pairs of views.
 *       DINOv2's code would give two thirds of this where there is no local view, because it counts
 *       at least one.
 *   <li>iBOT is the cross-entropy of teacher and student at the hidden patches, averaged over the
 *       hidden patches of a view, summed over the views and divided by 2B.
 *   <li>KoLeo is computed for the student's class tokens before the head, for each of the two views
 *       by itself, and added.
 * </ul>
 */
final class Objective {

  private final PretrainConfig config;
  private final Network student;
  private final Network teacher;
  private final Targets targets;

  Objective(PretrainConfig config, Network student, Network teacher, Targets targets) {
    this.config = config;
    this.student = student;
    this.teacher = teacher;
    this.targets = targets;
  }

  /** Where the hidden patches of b images are, and how much each counts. */
  private record Hidden(NDArray rows, NDArray weights) {

    /**
     * The hidden patches of b images of B; the images' manager owns the result.
     *
     * @param prefix tokens before the patches of a view
     */
    static Optional<Hidden> of(NDArray images, boolean[][] masks, int prefix, int batch) {
      int n = masks[0].length;
      int count = 0;
      for (boolean[] mask : masks) {
        for (boolean hidden : mask) {
          count += hidden ? 1 : 0;
        }
      }
      if (count == 0) {
        return Optional.empty();
      }
      long[] rows = new long[count];
      float[] weights = new float[count];
      for (int v = 0, next = 0; v < masks.length; v++) {
        int first = next;
        for (int i = 0; i < n; i++) {
          if (masks[v][i]) {
            rows[next++] = (long) v * (prefix + n) + prefix + i;
          }
        }
        Arrays.fill(weights, first, next, 1f / (next - first) / (2f * batch));
      }
      var manager = images.getManager();
      return Optional.of(new Hidden(manager.create(rows), manager.create(weights)));
    }
  }

  /** What the teacher says of b images. */
  private record Taught(
      NDArray classes,
      Optional<NDArray> patches,
      double entropy,
      double marginalEntropy,
      double spread) {}

  /**
   * Adds the gradients of a part of the batch to the student's parameters.
   *
   * @param views of b images; their manager owns what is computed
   * @param temperature the teacher's
   * @param random of the dropped branches
   * @return the part's share in the losses of the batch
   */
  Losses backward(Views views, double temperature, SplittableRandom random) {
    int batch = config.batch().size();
    double share = (double) views.images() / batch;
    Optional<Hidden> hidden =
        config.objective().ibotWeight() > 0
            ? Hidden.of(views.global(), views.masks(), student.prefixTokens(), batch)
            : Optional.empty();
    NDArray mask = mask(views, hidden.isPresent());
    Taught taught;
    try (var off = GradMode.off()) {
      taught = teach(views, hidden, temperature);
    }
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      var dropPath = new DropPath(config.optimiser().dropPathRate(), random);
      NDArray tokens = student.tokens(views.global(), Optional.of(mask), dropPath);
      NDArray cls = tokens.get(new NDIndex(":, 0")); // (2b, D)
      Optional<NDArray> patches = hidden.map(h -> rows(tokens, h.rows())); // (M, D)
      NDList logits = logits(student, cls, patches);
      NDArray dino = dino(views, logits.get(0), taught.classes(), dropPath, batch);
      NDArray total = dino.mul((float) config.objective().dinoWeight());
      double ibotValue = 0;
      if (hidden.isPresent()) {
        NDArray ibot =
            crossEntropy(logits.get(1), taught.patches().orElseThrow())
                .mul(hidden.get().weights())
                .sum();
        total = total.add(ibot.mul((float) config.objective().ibotWeight()));
        ibotValue = ibot.getFloat();
      }
      double koleoValue = 0;
      if (config.objective().koleoWeight() > 0) {
        NDArray koleo = koleo(cls).mul((float) share);
        total = total.add(koleo.mul((float) config.objective().koleoWeight()));
        koleoValue = koleo.getFloat();
      }
      collector.backward(total);
      return new Losses(
          dino.getFloat(),
          ibotValue,
          koleoValue,
          total.getFloat(),
          taught.entropy() * share,
          studentEntropy(logits.get(0)) * share,
          taught.marginalEntropy() * share,
          taught.spread() * share);
    }
  }

  /** Always given, so that the mask token has a gradient, of zero where nothing is hidden. */
  private static NDArray mask(Views views, boolean hides) {
    int n = views.masks()[0].length;
    boolean[] flat = new boolean[views.masks().length * n];
    for (int v = 0; hides && v < views.masks().length; v++) {
      System.arraycopy(views.masks()[v], 0, flat, v * n, n);
    }
    return views.global().getManager().create(flat, new Shape(views.masks().length, n));
  }

  private Taught teach(Views views, Optional<Hidden> hidden, double temperature) {
    var keepAll = new DropPath(0, new SplittableRandom(0));
    NDArray tokens = teacher.tokens(views.global(), Optional.empty(), keepAll);
    NDArray cls = tokens.get(new NDIndex(":, 0"));
    NDList logits = logits(teacher, cls, hidden.map(h -> rows(tokens, h.rows())));
    NDArray classes = targets.ofClasses(logits.get(0), temperature);
    Optional<NDArray> patches = hidden.map(h -> targets.ofPatches(logits.get(1), temperature));
    NDArray direction = cls.div(cls.norm(new int[] {1}, true)).mean(new int[] {0});
    double spread = 1 - direction.square().sum().getFloat();
    return new Taught(
        classes,
        patches,
        Ops.entropy(classes).mean().getFloat(),
        Ops.entropy(classes.mean(new int[] {0}, true)).getFloat(),
        spread);
  }

  /** Logits of the class tokens, then those of the hidden patches where there are any. */
  private static NDList logits(Network network, NDArray cls, Optional<NDArray> patches) {
    if (patches.isEmpty()) {
      return new NDList(network.logits(cls));
    }
    if (!network.shared()) {
      return new NDList(network.logits(cls), network.patchLogits(patches.get()));
    }
    long classes = cls.getShape().get(0);
    NDArray all = network.logits(NDArrays.concat(new NDList(cls, patches.get())));
    // A split, for its gradient is one copy; that of two slices would fill two arrays more.
    return all.split(new long[] {classes});
  }

  private NDArray dino(Views views, NDArray logits, NDArray classes, DropPath dropPath, int batch) {
    long b = views.images();
    NDArray first = classes.get(new NDIndex(":" + b));
    NDArray second = classes.get(new NDIndex(b + ":"));
    int pairs = 2 + 2 * config.views().localViews();
    NDArray sum = crossEntropy(logits, NDArrays.concat(new NDList(second, first))).sum();
    if (views.local().isPresent()) {
      NDArray local = views.local().get();
      NDArray cls =
          student.tokens(local, Optional.empty(), dropPath).get(new NDIndex(":, 0")); // (L b, D)
      // Cross-entropy is linear in its targets: against both views it is twice that of their mean.
      NDArray both =
          first.add(second).div(2).tile(new long[] {config.views().localViews(), 1}); // (L b, K)
      sum = sum.add(crossEntropy(student.logits(cls), both).sum().mul(2));
    }
    return sum.div((float) pairs * batch);
  }

  private NDArray crossEntropy(NDArray logits, NDArray probabilities) {
    return Ops.softCrossEntropy(logits, probabilities, config.objective().studentTemperature());
  }

  private static NDArray koleo(NDArray cls) {
    long b = cls.getShape().get(0) / 2;
    return Ops.koleo(cls.get(new NDIndex(":" + b))).add(Ops.koleo(cls.get(new NDIndex(b + ":"))));
  }

  private double studentEntropy(NDArray logits) {
    try (var off = GradMode.off()) {
      NDArray probabilities =
          logits.div((float) config.objective().studentTemperature()).softmax(-1);
      return Ops.entropy(probabilities).mean().getFloat();
    }
  }

  /** Rows of tokens (2b, P + N, D), counted over the first two axes: (M, D). */
  private static NDArray rows(NDArray tokens, NDArray rows) {
    long d = tokens.getShape().get(2);
    return tokens.reshape(-1, d).get(rows);
  }
}
