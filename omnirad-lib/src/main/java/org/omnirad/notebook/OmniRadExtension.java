package org.omnirad.notebook;

import java.awt.image.BufferedImage;
import java.io.File;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.omnirad.data.ImageDataset;
import org.omnirad.data.RgbImage;
import org.omnirad.report.Report;
import org.omnirad.run.Progress;
import org.omnirad.run.RunRecord;
import org.omnirad.train.MetricsLog;
import tech.tablesaw.api.Table;

/**
 * Teaches a JJava kernel to show the library's results: tables and reports as HTML, charts and
 * images as PNG, datasets as their card, arrays by their values; the progress of a loop as one line
 * and the curves of a training as one picture, which update in place. The kernel finds it by itself
 * on its class path.
 *
 * <p>The plain text beside each rich form names no identity hash, so that a notebook executed twice
 * stays the same.
 */
public final class OmniRadExtension implements Extension {

  private static final long LAST_REPLIES_MILLIS = 300;

  /** For the kernel's service loader. */
  public OmniRadExtension() {}

  @Override
  public void install(BaseKernel kernel) {
    register(kernel.getRenderer());
    Progress.showOn(() -> new ProgressLine(kernel.getIO().display));
    MetricsLog.showOn(() -> new LiveCurves(kernel.getIO().display));
    endWithParent();
  }

  /** Ends the JVM soon: by itself it outlives a shut down kernel by up to a minute. */
  @Override
  public void uninstall(BaseKernel kernel) {
    CompletableFuture.delayedExecutor(LAST_REPLIES_MILLIS, TimeUnit.MILLISECONDS)
        .execute(() -> System.exit(0));
  }

  static void register(Renderer renderer) {
    show(renderer, Table.class, Tables::html, Tables::text);
    show(renderer, Report.class, Reports::html, Reports::text);
    show(renderer, RunRecord.class, Reports::html, Reports::text);
    show(
        renderer, ImageDataset.class, card -> Html.preformatted(card.toString()), Object::toString);
    showPicture(renderer, BufferedImage.class, image -> image, Pictures::text);
    showPicture(renderer, RgbImage.class, Pictures::enlarged, Pictures::text);
    showPicture(renderer, Chart.class, BitmapEncoder::getBufferedImage, Pictures::text);
    for (Class<?> array : Arrays.TYPES) {
      renderer
          .createRegistration(array)
          .preferring(MIMEType.TEXT_PLAIN)
          .register((values, context) -> context.getOutputContainer().putText(Arrays.text(values)));
    }
  }

  private static <T> void show(
      Renderer renderer, Class<T> type, Function<T, String> html, Function<T, String> text) {
    renderer
        .createRegistration(type)
        .preferring(MIMEType.TEXT_HTML, MIMEType.TEXT_PLAIN)
        .register(
            (value, context) -> {
              DisplayData out = context.getOutputContainer();
              out.putText(text.apply(value));
              context.renderIfRequested(MIMEType.TEXT_HTML, () -> html.apply(value));
            });
  }

  private static <T> void showPicture(
      Renderer renderer,
      Class<T> type,
      Function<T, BufferedImage> picture,
      Function<T, String> text) {
    renderer
        .createRegistration(type)
        .preferring(MIMEType.IMAGE_PNG, MIMEType.TEXT_PLAIN)
        .register(
            (value, context) -> {
              DisplayData out = context.getOutputContainer();
              out.putText(text.apply(value));
              context.renderIfRequested(
                  MIMEType.IMAGE_PNG, () -> Pictures.png(picture.apply(value)));
            });
  }

  /** Ends this kernel when the Jupyter process that started it is gone, killed or not. */
  private static void endWithParent() {
    Thread.ofPlatform()
        .name("omnirad-parent-watch")
        .daemon()
        .start(
            () -> {
              parent().ifPresent(parent -> parent.onExit().join());
              Runtime.getRuntime().halt(1);
            });
  }

  /** The process that Jupyter names; it may have ended before this one had started. */
  private static Optional<ProcessHandle> parent() {
    String pid = System.getenv("JPY_PARENT_PID");
    boolean windows = File.separatorChar == '\\'; // there the variable holds no process id
    return pid == null || windows
        ? ProcessHandle.current().parent()
        : ProcessHandle.of(Long.parseLong(pid));
  }
}
