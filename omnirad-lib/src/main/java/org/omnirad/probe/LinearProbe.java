package org.omnirad.probe;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.report.ClassificationReport;
import org.omnirad.report.Report;
import org.omnirad.run.InputException;
import org.omnirad.run.Progress;
import org.omnirad.run.RandomSource;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.GradMode;
import org.omnirad.tensor.LinearClassifiers;

/**
 * A linear classifier on frozen features by DINOv2's protocol (Oquab et al. 2023): many are trained
 * side by side, one for each learning rate and each choice of tokens that the features hold (last
 * block or all of them, with or without the mean patch token), and the one that is best on
 * validation is kept.
 */
public final class LinearProbe {

  private static final String GENERATOR = "probe/linear";
  private static final double START_DEVIATION = 0.01;
  private static final double RATE_BATCH = 256;
  private static final int STEPS_PER_CALL = 50;
  private static final int ROWS_PER_COPY = 4_096;

  /**
   * One classifier of the grid.
   *
   * @param spec the tokens it sees
   * @param learningRate for a batch of 256
   * @param accuracy on validation, 0 to 1
   * @param loss the mean cross-entropy on validation, in nats; not finite where training diverged
   */
  public record Candidate(FeatureSpec spec, double learningRate, double accuracy, double loss) {}

  private record Trained(Candidate candidate, float[][] weight, float[] bias) {}

  private final FeatureSpec spec;
  private final int dim;
  private final Trained best;
  private final List<Candidate> candidates;
  private final List<String> classNames;
  private final RunRecord settings;

  private LinearProbe(
      Features train, Trained best, List<Candidate> candidates, LinearProbeConfig config) {
    spec = train.spec();
    dim = train.dim();
    this.best = best;
    this.candidates = List.copyOf(candidates);
    classNames = train.classNames();
    settings =
        new RunRecord(java.util.Map.of())
            .with("classifier", "linear probe")
            .with("probe.config", config)
            .with("probe.chosen", best.candidate)
            .with("probe.train", train.size());
  }

  /**
   * Trains the grid and keeps the classifier with the highest accuracy on validation, the lowest
   * loss among equals.
   *
   * @param train N labelled images; with {@code FeatureSpec.lastBlocks(4).withPatchMean()} four
   *     choices of tokens are tried, with {@code cls()} one
   * @param val labelled images with features of the same kind
   * @throws InputException where labels are missing, classes or features differ, or every learning
   *     rate diverges
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public static LinearProbe fit(Features train, Features val, LinearProbeConfig config) {
    int[] truth = Labels.of(train);
    int[] valTruth = Labels.of(val);
    requireUsable(train, val, truth);
    List<FeatureSpec> specs = choices(train.spec());
    List<Trained> best = new ArrayList<>();
    List<Candidate> candidates = new ArrayList<>();
    try (var off = GradMode.off();
        NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
        var progress = Progress.of("linear probe", "steps", (long) config.steps() * specs.size())) {
      NDArray targets = matrix(manager, oneHot(truth, train.classNames().size()));
      for (FeatureSpec choice : specs) {
        try (NDArray x = matrix(manager, train.select(choice).vectors());
            NDArray valX = matrix(manager, val.select(choice).vectors());
            var grid = train(manager, x, targets, config, progress)) {
          List<Candidate> tried = score(grid, valX, valTruth, choice, config);
          candidates.addAll(tried);
          int chosen = tried.indexOf(best(tried));
          best.add(new Trained(tried.get(chosen), grid.weight(chosen), grid.bias(chosen)));
        }
      }
    }
    Candidate winner = best(best.stream().map(Trained::candidate).toList());
    if (!Double.isFinite(winner.loss())) {
      throw new InputException(
          "The linear probe diverged at every learning rate of %s."
              .formatted(config.learningRates()),
          "Try smaller ones, or scale the features.");
    }
    Trained kept = best.stream().filter(t -> t.candidate.equals(winner)).findFirst().orElseThrow();
    return new LinearProbe(train, kept, candidates, config);
  }

  /** The classifier that was kept. */
  public Candidate chosen() {
    return best.candidate;
  }

  /** Every classifier of the grid with its scores on validation, best first. */
  public Report grid() {
    List<List<Object>> rows =
        candidates.stream()
            .sorted(ORDER)
            .map(
                c ->
                    List.<Object>of(
                        c.spec().blocks(),
                        c.spec().patchMean() ? "yes" : "no",
                        c.learningRate(),
                        c.accuracy(),
                        c.loss()))
            .toList();
    return new Grid(rows, settings);
  }

  private record Grid(List<List<Object>> rows, RunRecord record) implements Report {
    @Override
    public String title() {
      return "Linear probe on validation";
    }

    @Override
    public List<String> columns() {
      return List.of("blocks", "patch mean", "learning rate", "accuracy", "loss");
    }
  }

  /**
   * The probabilities of each class.
   *
   * @param features M images; labels are not looked at
   * @return M x K
   * @throws InputException where the features are of another kind than those of training
   */
  public float[][] predict(Features features) {
    if (features.size() > 0 && (features.dim() != dim || !features.spec().equals(spec))) {
      throw new InputException(
          "Features of %s with %d values, but the probe was trained on %s with %d."
              .formatted(features.spec(), features.dim(), spec, dim),
          "Embed both with the same encoder and feature spec.");
    }
    float[][] vectors = features.select(best.candidate.spec()).vectors();
    return Arrays.stream(vectors).parallel().map(v -> softmax(logits(v))).toArray(float[][]::new);
  }

  /**
   * Predicts labelled images and scores the predictions.
   *
   * @throws InputException as {@link #predict}, and where labels are missing or the classes differ
   *     from those of training
   */
  public ClassificationReport evaluate(Features test) {
    if (!test.classNames().equals(classNames)) {
      throw new InputException(
          "Test classes %s, but train classes %s.".formatted(test.classNames(), classNames),
          "Evaluate on a split of the same dataset.");
    }
    return ClassificationReport.of(
        "linear probe", Labels.of(test), predict(test), classNames, test.record().with(settings));
  }

  private static final Comparator<Candidate> ORDER =
      Comparator.comparing((Candidate c) -> Double.isFinite(c.loss()) ? 0 : 1)
          .thenComparing(c -> -c.accuracy())
          .thenComparing(Candidate::loss);

  private static Candidate best(List<Candidate> tried) {
    return tried.stream().min(ORDER).orElseThrow();
  }

  private static void requireUsable(Features train, Features val, int[] truth) {
    if (!val.classNames().equals(train.classNames())
        || !val.spec().equals(train.spec())
        || val.dim() != train.dim()) {
      throw new InputException(
          "Validation has classes %s and %s with %d values, training %s and %s with %d."
              .formatted(
                  val.classNames(),
                  val.spec(),
                  val.dim(),
                  train.classNames(),
                  train.spec(),
                  train.dim()),
          "Embed two splits of one dataset with the same encoder and feature spec.");
    }
    if (Arrays.stream(truth).distinct().count() < 2) {
      throw new InputException(
          "The train images are of %d classes.".formatted(Arrays.stream(truth).distinct().count()),
          "A classifier needs images of at least two.");
    }
  }

  /** What DINOv2 tries of the tokens at hand. */
  private static List<FeatureSpec> choices(FeatureSpec all) {
    var choices = new ArrayList<FeatureSpec>();
    for (int blocks : all.blocks() == 1 ? new int[] {1} : new int[] {1, all.blocks()}) {
      choices.add(FeatureSpec.lastBlocks(blocks));
      if (all.patchMean()) {
        choices.add(FeatureSpec.lastBlocks(blocks).withPatchMean());
      }
    }
    return choices;
  }

  private static LinearClassifiers train(
      NDManager manager, NDArray x, NDArray targets, LinearProbeConfig config, Progress progress) {
    var random = new RandomSource(config.seed());
    SplittableRandom weights = random.at(0, GENERATOR);
    float[][] start = new float[(int) x.getShape().get(1)][(int) targets.getShape().get(1)];
    for (float[] row : start) {
      for (int k = 0; k < row.length; k++) {
        row[k] = (float) (START_DEVIATION * weights.nextGaussian());
      }
    }
    double[] rates =
        config.learningRates().stream()
            .mapToDouble(rate -> rate * config.batchSize() / RATE_BATCH)
            .toArray();
    var grid = new LinearClassifiers(manager, start, rates, false);
    var order = new ImageOrder((int) x.getShape().get(0), random);
    for (int done = 0; done < config.steps(); done += STEPS_PER_CALL) {
      int steps = Math.min(STEPS_PER_CALL, config.steps() - done);
      long[][] batches = new long[steps][config.batchSize()];
      float[] factors = new float[steps];
      for (int s = 0; s < steps; s++) {
        Arrays.setAll(batches[s], b -> order.next());
        factors[s] = (float) (0.5 * (1 + Math.cos(Math.PI * (done + s) / config.steps())));
      }
      grid.train(x, targets, batches, factors, config.momentum());
      progress.step(steps);
    }
    return grid;
  }

  /** Every image once in random order, then every image again in another order. */
  private static final class ImageOrder {

    private final int[] order;
    private final RandomSource random;
    private int epoch;
    private int next;

    ImageOrder(int images, RandomSource random) {
      order = IntStream.range(0, images).toArray();
      this.random = random;
      next = images;
    }

    int next() {
      if (next == order.length) {
        SplittableRandom draws = random.at(++epoch, GENERATOR);
        for (int i = order.length - 1; i > 0; i--) {
          int other = draws.nextInt(i + 1);
          int swapped = order[i];
          order[i] = order[other];
          order[other] = swapped;
        }
        next = 0;
      }
      return order[next++];
    }
  }

  private static List<Candidate> score(
      LinearClassifiers grid, NDArray x, int[] truth, FeatureSpec spec, LinearProbeConfig config) {
    float[] logits;
    try (NDArray all = grid.logits(x)) {
      logits = all.toFloatArray();
    }
    int count = config.learningRates().size();
    int columns = logits.length / truth.length;
    int classes = columns / count;
    var candidates = new ArrayList<Candidate>();
    for (int r = 0; r < count; r++) {
      int right = 0;
      double loss = 0;
      for (int i = 0; i < truth.length; i++) {
        int from = i * columns + r * classes;
        float[] p = softmax(Arrays.copyOfRange(logits, from, from + classes));
        loss -= Math.log(Math.max(p[truth[i]], Float.MIN_NORMAL));
        right += mostProbable(p) == truth[i] ? 1 : 0;
      }
      boolean finite = finite(grid.weight(r));
      candidates.add(
          new Candidate(
              spec,
              config.learningRates().get(r),
              (double) right / truth.length,
              finite ? loss / truth.length : Double.NaN));
    }
    return candidates;
  }

  private float[] logits(float[] vector) {
    float[] logits = best.bias.clone();
    for (int k = 0; k < logits.length; k++) {
      float[] w = best.weight[k];
      double sum = 0;
      for (int d = 0; d < w.length; d++) {
        sum += (double) w[d] * vector[d];
      }
      logits[k] += (float) sum;
    }
    return logits;
  }

  private static float[] softmax(float[] logits) {
    float[] p = new float[logits.length];
    float largest = logits[mostProbable(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    for (int k = 0; k < p.length; k++) {
      p[k] = (float) (Math.exp(logits[k] - largest) / sum);
    }
    return p;
  }

  private static int mostProbable(float[] p) {
    int best = 0;
    for (int k = 1; k < p.length; k++) {
      best = p[k] > p[best] ? k : best;
    }
    return best;
  }

  private static boolean finite(float[][] weight) {
    return Arrays.stream(weight)
        .allMatch(row -> IntStream.range(0, row.length).allMatch(d -> Float.isFinite(row[d])));
  }

  private static float[][] oneHot(int[] truth, int classes) {
    float[][] rows = new float[truth.length][classes];
    for (int i = 0; i < truth.length; i++) {
      rows[i][truth[i]] = 1;
    }
    return rows;
  }

  // Some rows at a time, because a buffer of the JVM holds at most 2 GiB.
  private static NDArray matrix(NDManager manager, float[][] rows) {
    int columns = rows[0].length;
    NDArray matrix = manager.zeros(new Shape(rows.length, columns));
    for (int first = 0; first < rows.length; first += ROWS_PER_COPY) {
      int end = Math.min(first + ROWS_PER_COPY, rows.length);
      float[] flat = new float[(end - first) * columns];
      for (int i = first; i < end; i++) {
        System.arraycopy(rows[i], 0, flat, (i - first) * columns, columns);
      }
      try (NDArray some = manager.create(flat, new Shape(end - first, columns))) {
        matrix.set(new NDIndex("{}:{}", first, end), some);
      }
    }
    return matrix;
  }
}
