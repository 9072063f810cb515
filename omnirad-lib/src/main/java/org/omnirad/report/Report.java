package org.omnirad.report;

import java.util.List;
import org.omnirad.run.RunRecord;

/**
 * A result that offers its rows, so that a notebook, a CSV file and a test all read the same
 * values.
 */
public interface Report {

  /** A short caption of the table. */
  String title();

  /** The column names. */
  List<String> columns();

  /** The rows; each value is a {@code String}, {@code Integer} or {@code Double}. */
  List<List<Object>> rows();

  /** Where the result comes from. */
  RunRecord record();
}
