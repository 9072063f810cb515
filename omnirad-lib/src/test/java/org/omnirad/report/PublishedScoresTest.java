package org.omnirad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PublishedScoresTest {

  @Test
  void ofClassesAreAccuracyAndAuc() {
    Report scores = PublishedScores.of("breastmnist");
    assertEquals(List.of("method", "pixels", "accuracy", "AUC", "source"), scores.columns());
    assertEquals(
        List.of("ResNet-18", 28, 0.863, 0.901, "MedMNIST v2 (Yang et al. 2023)"),
        scores.rows().get(0));
    assertTrue(scores.csv().contains("\"DINO ViT-B/16, kNN (k = 11)\",224,0.8718,,"));
  }

  @Test
  void ofMasksAreF1() {
    Report scores = PublishedScores.of("promise12");
    assertEquals(List.of("method", "pixels", "F1 (Dice)", "source"), scores.columns());
    assertEquals(5, scores.rows().size(), "MiT-B0 takes colour images only");
    assertEquals(
        List.of(
            "U-Net, DenseNet-121", 512, 0.9, "MedSegBench (Kuş and Aydin 2024), mean of 3 seeds"),
        scores.rows().get(4));
    assertEquals(6, PublishedScores.of("mosmedplus").rows().size());
  }

  @Test
  void ofAnUnknownDatasetNothingIsKnown() {
    assertEquals(List.of(), PublishedScores.of("phantom").rows());
  }
}
