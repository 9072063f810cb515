package org.omnirad.pretrain;

import java.nio.file.Path;
import org.omnirad.encoder.Encoder;
import org.omnirad.report.PretrainReport;
import org.omnirad.train.MetricsLog;

/**
 * A pretraining that has ended.
 *
 * @param encoder the teacher's
 * @param metrics step by step, with the columns of {@link Pretrainer#COLUMNS}
 * @param report what it came to
 * @param folder the run folder, which holds the encoder as timm loads it in {@code encoder/}
 */
public record PretrainRun(Encoder encoder, MetricsLog metrics, PretrainReport report, Path folder)
    implements AutoCloseable {

  /** Frees the encoder. */
  @Override
  public void close() {
    encoder.close();
  }
}
