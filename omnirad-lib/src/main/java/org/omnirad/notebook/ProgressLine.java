package org.omnirad.notebook;

import java.util.UUID;
import java.util.function.Consumer;
import org.dflib.jjava.jupyter.kernel.DisplayStream;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/**
 * The progress of one loop as one output of the running cell. The output carries {@link #MARK} in
 * its metadata, because its times differ in each run.
 */
final class ProgressLine implements Consumer<String> {

  static final String MARK = "omnirad.progress";

  private final DisplayStream display;
  private final String id = "omnirad-" + UUID.randomUUID();
  private boolean shown;

  ProgressLine(DisplayStream display) {
    this.display = display;
  }

  @Override
  public void accept(String line) {
    var data = new DisplayData(line);
    data.putMetaData(MARK, true);
    data.putTransientData("display_id", id); // setDisplayId differs between JJava's versions
    if (shown) {
      display.updateDisplay(data);
    } else {
      display.display(data);
    }
    shown = true;
  }
}
