package org.omnirad.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.omnirad.metric.Task;
import org.omnirad.run.RunRecord;

/** Some samples of a list. */
record Selection(ImageList all, int[] indices, RunRecord record) implements ImageList {

  /**
   * A selection whose record tells it from every other of the same list. It covers the list's own
   * record too, so that selections one after the other differ by their order.
   */
  static Selection of(ImageList all, int[] indices) {
    for (int index : indices) {
      Objects.checkIndex(index, all.size());
    }
    String what = all.record().entries() + " " + Arrays.toString(indices);
    byte[] md5 = Checksum.Kind.MD5.digest().digest(what.getBytes(StandardCharsets.UTF_8));
    String fact = "%d images, md5 %s".formatted(indices.length, HexFormat.of().formatHex(md5));
    return new Selection(all, indices, all.record().with("data.only", fact));
  }

  /** The same samples with more facts in the record. */
  Selection with(RunRecord facts) {
    return new Selection(all, indices, record.with(facts));
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public Sample get(int index) {
    return all.get(indices[index]);
  }

  @Override
  public int[] labels(int index) {
    return all.labels(indices[index]);
  }

  @Override
  public Task task() {
    return all.task();
  }

  @Override
  public List<String> classNames() {
    return all.classNames();
  }

  @Override
  public List<String> maskClassNames() {
    return all.maskClassNames();
  }
}
