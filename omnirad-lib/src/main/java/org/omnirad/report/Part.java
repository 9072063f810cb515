package org.omnirad.report;

import java.util.List;
import org.omnirad.run.RunRecord;

/** A table that belongs to a result. */
record Part(String title, List<String> columns, List<List<Object>> rows, RunRecord record)
    implements Report {}
