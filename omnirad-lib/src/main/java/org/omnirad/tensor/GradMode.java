package org.omnirad.tensor;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Switches gradient recording off on this thread for a block of code. The engine's mode belongs to
 * the thread and is on by default, so every entry point that does not train uses this:
 *
 * <pre>{@code
 * try (var off = GradMode.off()) { ... }
 * }</pre>
 */
public final class GradMode implements AutoCloseable {

  private final boolean before;

  private GradMode() {
    Engine.getEngine("PyTorch");
    before = JniUtils.isGradMode();
    JniUtils.setGradMode(false);
  }

  /** Switches it off until {@link #close}. */
  public static GradMode off() {
    return new GradMode();
  }

  /** Restores the mode found at the start; to be called on the same thread. */
  @Override
  public void close() {
    JniUtils.setGradMode(before);
  }
}
