package org.omnirad.data.phantom;

import java.util.List;
import java.util.Optional;
import org.omnirad.metric.Task;

/** Which labels the pictures carry. */
enum Labelling {
  EXAMINATION("phantom", Task.MULTI_CLASS),
  ABDOMEN("phantom-abdomen", Task.BINARY),
  FINDINGS("phantom-findings", Task.MULTI_LABEL),
  GRADE("phantom-grades", Task.ORDINAL);

  final String dataset;
  final Task task;

  Labelling(String dataset, Task task) {
    this.dataset = dataset;
    this.task = task;
  }

  List<String> classNames() {
    return switch (this) {
      case EXAMINATION -> PhantomDataset.EXAMINATIONS.stream().map(Examination::label).toList();
      case ABDOMEN -> List.of("elsewhere", "abdomen");
      case FINDINGS -> List.of("bright lesion", "dark lesion", "large lesion", "irregular border");
      case GRADE -> List.of("no lesion", "small", "medium", "large", "very large");
    };
  }

  /**
   * The labels of a picture, as those of a sample.
   *
   * @param examination its place among the class names
   */
  int[] labels(int examination, Optional<Finding> finding) {
    return switch (this) {
      case EXAMINATION -> new int[] {examination};
      case ABDOMEN ->
          new int[] {PhantomDataset.EXAMINATIONS.get(examination).isOfAbdomen() ? 1 : 0};
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
