package org.omnirad.tensor;

import ai.djl.engine.Engine;
import org.omnirad.run.RunRecord;

/** Which engine computes. */
public final class EngineRecord {

  private EngineRecord() {}

  /** A record of the versions of DJL and of the libtorch that it has loaded. */
  public static RunRecord ofEngine() {
    return new RunRecord(java.util.Map.of())
        .with(
            "engine",
            "DJL %s with libtorch %s"
                .formatted(Engine.getDjlVersion(), Engine.getEngine("PyTorch").getVersion()));
  }
}
