package org.omnirad.classify;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.omnirad.metric.Predictions;
import org.omnirad.metric.Task;
import org.omnirad.report.ComparisonCell;
import org.omnirad.run.RunRecord;
import org.omnirad.tensor.NpyType;
import org.omnirad.tensor.NpzFile;
import org.omnirad.tensor.NpzWriter;

/** A finished cell as an npz file, which numpy opens too. */
final class CellFile {

  private static final String[] NAMES = {
    "cell", "probabilities", "targets", "record_names", "record_values"
  };

  private CellFile() {}

  static void write(Path file, ComparisonCell cell) {
    Predictions predictions = cell.predictions().orElseThrow();
    Map<String, String> record = cell.record().entries();
    new NpzWriter()
        .put(
            "cell",
            List.of(
                cell.dataset(),
                cell.encoder(),
                cell.regime(),
                Long.toString(cell.seed()),
                predictions.task().name()))
        .put("probabilities", predictions.probabilities())
        .put("targets", predictions.targets())
        .put("record_names", List.copyOf(record.keySet()))
        .put("record_values", List.copyOf(record.values()))
        .write(file);
  }

  static ComparisonCell read(Path file) {
    NpzFile npz = NpzFile.open(file).expectNames(NAMES);
    List<String> cell = npz.get("cell").expectShape(5).strings();
    float[][] probabilities = npz.get("probabilities").expectType(NpyType.FLOAT32).floatRows();
    int[][] targets = npz.get("targets").intRows();
    List<String> names = npz.get("record_names").strings();
    List<String> values = npz.get("record_values").expectShape(names.size()).strings();
    var record = new RunRecord(Map.of());
    for (int i = 0; i < names.size(); i++) {
      record = record.with(names.get(i), values.get(i));
    }
    var predictions =
        new Predictions(Task.valueOf(cell.get(4)), targets, probabilities, probabilities[0].length);
    return new ComparisonCell(
        cell.get(0),
        cell.get(1),
        cell.get(2),
        Long.parseLong(cell.get(3)),
        Optional.of(predictions),
        "",
        record);
  }
}
