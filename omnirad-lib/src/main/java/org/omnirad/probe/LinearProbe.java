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
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.omnirad.encoder.FeatureSpec;
import org.omnirad.encoder.Features;
import org.omnirad.metric.Task;
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
public final class LinearProbe implements FeatureClassifier {

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
   * @param score on validation: the accuracy, or for a multi-label task the AUC; NaN where it has
   *     no value or training diverged
   * @param loss the mean cross-entropy on validation, in nats; NaN where training diverged
   */
  public record Candidate(FeatureSpec spec, double learningRate, double score, double loss) {}

  private record Trained(Candidate candidate, LinearHead head) {}

  private final FeatureSpec spec;
  private final int dim;
  private final Trained best;
  private final List<Candidate> candidates;
  private final Task task;
  private final List<String> classNames;
  private final RunRecord settings;

  private LinearProbe(
      Features train, Trained best, List<Candidate> candidates, LinearProbeConfig config) {
    spec = train.spec();
    dim = train.dim();
    this.best = best;
    this.candidates = List.copyOf(candidates);
    task = train.task();
    classNames = train.classNames();
    settings =
        new RunRecord(Map.of())
            .with("classifier", "linear probe")
            .with("probe.config", config)
            .with("probe.chosen", best.candidate)
            .with("probe.train", train.size());
  }

  /**
   * Trains the grid and keeps the classifier with the highest accuracy on validation, for a
   * multi-label task the highest AUC; the lowest loss among equals.
   *
   * @param train N labelled images; with {@code FeatureSpec.lastBlocks(4).withPatchMean()} four
   *     choices of tokens are tried, with {@code cls()} one
   * @param val labelled images with features of the same kind
   * @throws InputException where a split is empty, labels are missing or all the same, classes or
   *     features differ, or every learning rate diverges
   * @throws java.util.concurrent.CancellationException where the thread was interrupted
   */
  public static LinearProbe fit(Features train, Features val, LinearProbeConfig config) {
    TrainAndVal.check(train, val);
    List<FeatureSpec> specs = choices(train.spec());
    List<Trained> best = new ArrayList<>();
    List<Candidate> candidates = new ArrayList<>();
    try (var off = GradMode.off();
        NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
        var progress = Progress.of("linear probe", "steps", (long) config.steps() * specs.size())) {
      NDArray targets = matrix(manager, probabilities(train));
      for (FeatureSpec choice : specs) {
        try (NDArray x = matrix(manager, train.select(choice).vectors());
            NDArray valX = matrix(manager, val.select(choice).vectors());
            var grid = train(manager, x, targets, train.task(), config, progress)) {
          List<Candidate> tried = score(grid, valX, val, choice, config);
          candidates.addAll(tried);
          int chosen = tried.indexOf(best(tried));
          var head = new LinearHead(grid.weight(chosen), grid.bias(chosen), train.task());
          best.add(new Trained(tried.get(chosen), head));
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

  /** Its weights, for vectors of {@code chosen().spec()}. */
  public LinearHead head() {
    return best.head;
  }

  @Override
  public String title() {
    return "linear probe";
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public RunRecord record() {
    return settings;
  }

  @Override
  public List<String> classNames() {
    return classNames;
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
                        c.score(),
                        c.loss()))
            .toList();
    return new Grid(ValidationScore.measure(task).label(), rows, settings);
  }

  private record Grid(String score, List<List<Object>> rows, RunRecord record) implements Report {
    @Override
    public String title() {
      return "Linear probe on validation";
    }

    @Override
    public List<String> columns() {
      return List.of("blocks", "patch mean", "learning rate", score, "loss");
    }
  }

  @Override
  public float[][] predict(Features features) {
    if (features.size() > 0 && (features.dim() != dim || !features.spec().equals(spec))) {
      throw new InputException(
          "Features of %s with %d values, but the probe was trained on %s with %d."
              .formatted(features.spec(), features.dim(), spec, dim),
          "Embed both with the same encoder and feature spec.");
    }
    float[][] vectors = features.select(best.candidate.spec()).vectors();
    return Arrays.stream(vectors).parallel().map(best.head::probabilities).toArray(float[][]::new);
  }

  private static final Comparator<Candidate> ORDER =
      Comparator.comparing(
          c -> new ValidationScore(c.score(), c.loss()), ValidationScore.BEST_FIRST);

  private static Candidate best(List<Candidate> tried) {
    return tried.stream().min(ORDER).orElseThrow();
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
      NDManager manager,
      NDArray x,
      NDArray targets,
      Task task,
      LinearProbeConfig config,
      Progress progress) {
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
    var grid = new LinearClassifiers(manager, start, rates, task == Task.MULTI_LABEL);
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
      LinearClassifiers grid, NDArray x, Features val, FeatureSpec spec, LinearProbeConfig config) {
    float[] logits;
    try (NDArray all = grid.logits(x)) {
      logits = all.toFloatArray();
    }
    int classes = val.classNames().size();
    int columns = logits.length / val.size();
    var candidates = new ArrayList<Candidate>();
    for (int r = 0; r < config.learningRates().size(); r++) {
      float[][] p = new float[val.size()][];
      for (int i = 0; i < p.length; i++) {
        int from = i * columns + r * classes;
        float[] some = Arrays.copyOfRange(logits, from, from + classes);
        p[i] = LinearHead.probabilities(some, val.task());
      }
      ValidationScore seen = ValidationScore.of(p, val);
      candidates.add(new Candidate(spec, config.learningRates().get(r), seen.score(), seen.loss()));
    }
    return candidates;
  }

  /** The targets as numbers: 1 for each class of an image. */
  private static float[][] probabilities(Features features) {
    float[][] rows = new float[features.size()][features.classNames().size()];
    int[][] labels = Labels.of(features);
    for (int i = 0; i < rows.length; i++) {
      for (int k : labels[i]) {
        rows[i][k] = 1;
      }
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
