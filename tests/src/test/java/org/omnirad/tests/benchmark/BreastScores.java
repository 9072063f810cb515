package org.omnirad.tests.benchmark;

import java.nio.file.Path;
import java.util.List;
import org.omnirad.OmniRad;
import org.omnirad.classify.Comparison;
import org.omnirad.classify.Contender;
import org.omnirad.classify.FineTuneConfig;
import org.omnirad.classify.Regime;
import org.omnirad.encoder.VitConfig;
import org.omnirad.metric.Measure;
import org.omnirad.probe.LinearProbeConfig;
import org.omnirad.probe.LogisticRegressionConfig;
import org.omnirad.report.PublishedScores;

/**
 * Prints in Markdown what every regime reaches on BreastMNIST's 156 test images of 28 pixels with
 * {@code omnirad-tiny}, beside random weights of the same shape and raw pixels: means over five
 * seeds, standard deviations, 95 % intervals, paired differences, and the published scores.
 * Argument: a folder for the cells; a run that was stopped goes on there. {@code OMNIRAD_DATA}
 * names the folder of the dataset.
 */
final class BreastScores {

  private static final int SEEDS = 5;

  private BreastScores() {}

  public static void main(String[] args) {
    try (var dataset = OmniRad.dataset("breastmnist", 28)) {
      var plan =
          new Comparison(
              List.of(
                  Contender.encoder("omnirad-tiny"),
                  Contender.random(VitConfig.tiny()),
                  Contender.rawPixels()),
              List.of(dataset),
              List.of(
                  Regime.knn(20),
                  Regime.logisticRegression(LogisticRegressionConfig.defaults()),
                  Regime.linearProbe(LinearProbeConfig.defaults()),
                  Regime.fineTuning(FineTuneConfig.lora().quick()),
                  Regime.fineTuning(FineTuneConfig.full().quick())),
              SEEDS);
      var report = plan.run(Path.of(args[0]));
      for (Measure measure : List.of(Measure.ACCURACY, Measure.AUC, Measure.MACRO_F1)) {
        System.out.println(report.of(measure).title() + "\n\n" + report.of(measure).markdown());
      }
      for (Measure measure : List.of(Measure.ACCURACY, Measure.AUC)) {
        for (String baseline : List.of("random weights", "raw pixels")) {
          var differences = report.differences(baseline, measure);
          System.out.println(differences.title() + "\n\n" + differences.markdown());
        }
      }
      System.out.println(PublishedScores.of("breastmnist").markdown());
      if (!report.failures().rows().isEmpty()) {
        System.out.println(report.failures().markdown());
      }
    }
  }
}
