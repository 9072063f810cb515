package org.omnirad.data.phantom;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.omnirad.metric.Task;

/** Which labels the pictures carry. */
enum Labelling {
  EXAMINATION(
      "phantom",
      Task.MULTI_CLASS,
      Stream.of(Examination.values()).map(Examination::label).toList()),
  FINDINGS(
      "phantom-findings",
      Task.MULTI_LABEL,
      List.of("bright lesion", "dark lesion", "large lesion", "irregular border")),
  GRADE(
      "phantom-grades",
      Task.ORDINAL,
      List.of("no lesion", "small", "medium", "large", "very large"));

  final String dataset;
  final Task task;
  final List<String> classNames;

  Labelling(String dataset, Task task, List<String> classNames) {
    this.dataset = dataset;
    this.task = task;
    this.classNames = classNames;
  }

  /** The labels of a picture, as those of a sample. */
  int[] labels(Examination examination, Optional<Finding> finding) {
    return switch (this) {
      case EXAMINATION -> new int[] {examination.ordinal()};
      case FINDINGS -> finding.map(Labelling::findings).orElseGet(() -> new int[4]);
      case GRADE -> new int[] {finding.map(Finding::grade).orElse(0)};
    };
  }

  private static int[] findings(Finding f) {
    return new int[] {
      f.bright() ? 1 : 0, f.bright() ? 0 : 1, f.grade() >= 3 ? 1 : 0, f.irregular() ? 1 : 0
    };
  }
}
