package org.omnirad.tensor;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The functions in TorchScript whose text is the resource {@code ops.py}. */
final class TorchFunctions {

  private static final String LIST = "list[]";

  private final PtSymbolBlock module;
  private final NDManager manager;
  private final ParameterStore noParameters;
  private final Map<Number, NDArray> constants = new ConcurrentHashMap<>();
  private final Map<String, NDArray> methods = new ConcurrentHashMap<>();

  private static final class Loaded {
    static final TorchFunctions FUNCTIONS = new TorchFunctions();
  }

  private TorchFunctions() {
    manager = Engine.getEngine("PyTorch").newBaseManager();
    noParameters = new ParameterStore(manager, false);
    try {
      var archive = new ByteArrayInputStream(archive());
      module = JniUtils.loadModule((PtNDManager) manager, archive, false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Calls a function of tensors. Gradients flow where the gradient mode is on; the result is
   * attached to the manager of the first argument.
   */
  static NDArray call(String function, NDArray... arguments) {
    return call(function, new NDList(arguments));
  }

  /** Calls a function whose second parameter is a list of tensors. */
  static NDArray call(String function, NDArray x, NDList list, NDArray... others) {
    var inputs = new NDList(x);
    inputs.addAll(list);
    inputs.addAll(new NDList(others));
    return call(function, inputs, 1, list.size());
  }

  private static NDArray call(String function, NDList inputs) {
    return call(function, inputs, 0, 0);
  }

  private static NDArray call(String function, NDList inputs, int listStart, int listSize) {
    for (int i = 0; i < inputs.size(); i++) {
      // The engine takes names for keys of dictionaries, and gathers a list by this one.
      inputs.get(i).setName(i >= listStart && i < listStart + listSize ? LIST : null);
    }
    inputs.add(Loaded.FUNCTIONS.method(function));
    interpret();
    // Training mode takes no inference guard, so that results can be saved for a backward pass.
    return Loaded.FUNCTIONS
        .module
        .forward(Loaded.FUNCTIONS.noParameters, inputs, true)
        .singletonOrThrow();
  }

  /** Runs a function that changes tensors in place or yields a number; never for gradients. */
  static double run(String function, IValue... arguments) {
    interpret();
    try (IValue result = IValueUtils.runMethod(Loaded.FUNCTIONS.module, function, arguments)) {
      if (!result.isTensor()) {
        return result.toLong();
      }
      try (PtNDArray number = result.toTensor((PtNDManager) Loaded.FUNCTIONS.manager)) {
        return number.toFloatArray()[0];
      }
    } finally {
      for (IValue argument : arguments) {
        argument.close();
      }
    }
  }

  // The engine's optimiser of graphs recompiles them for every gradient pattern, drops changes in
  // place, and gives other
  // last bits after the first calls. Its mode belongs to the thread.
  private static void interpret() {
    JniUtils.setGraphExecutorOptimize(false);
  }

  /** A list of tensors as an argument of {@link #run}. */
  static IValue list(Collection<NDArray> arrays) {
    return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
  }

  /**
   * A number as a tensor, kept for ever: only for the few that a model is made of. Each new one
   * costs native memory until the next garbage collection.
   */
  static NDArray constant(Number value) {
    return Loaded.FUNCTIONS.constants.computeIfAbsent(value, Loaded.FUNCTIONS::create);
  }

  private NDArray create(Number value) {
    return value instanceof Float real ? manager.create(real) : manager.create(value.longValue());
  }

  private NDArray method(String function) {
    return methods.computeIfAbsent(
        function,
        name -> {
          NDArray method = manager.create(0f);
          method.setName("module_method:" + name);
          return method;
        });
  }

  // A TorchScript archive: a pickled instance without attributes, no constants, and the program
  // text.
  private static byte[] archive() throws IOException {
    byte[] instance =
        ("\u0080\u0002c__torch__\nOps\n)\u0081}(X\b\0\0\0training\u0089ub.")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] noConstants = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes);
        InputStream program = Ops.class.getResourceAsStream("ops.py")) {
      store(zip, "ops/data.pkl", instance);
      store(zip, "ops/constants.pkl", noConstants);
      store(zip, "ops/version", "3\n".getBytes(StandardCharsets.US_ASCII));
      store(zip, "ops/code/__torch__.py", program.readAllBytes());
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var crc = new CRC32();
    crc.update(content);
    var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
