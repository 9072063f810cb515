package org.omnirad.train;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import org.omnirad.data.Sample;

/** A model and its optimiser, as an {@link EpochTraining} sees them. */
public interface EpochModel {

  /** The name, in {@link #tensors}, of what makes the model. */
  String MODEL = "model";

  /** The name, in {@link #tensors}, of the optimiser's state. */
  String OPTIMISER = "optimiser";

  /**
   * Computes the loss of a batch and its gradients; {@link #update} then moves the parameters.
   *
   * @param step from 0
   */
  TrainingStep look(long step, List<Sample> batch);

  /** Goes back to before {@link #look}: its gradients are dropped. */
  void forget();

  /**
   * Moves the parameters by the gradients of {@link #look}.
   *
   * @param epoch from 0
   */
  void update(int epoch, TrainingStep seen);

  /**
   * Adds the columns that follow an epoch to a row of the metrics.
   *
   * @param epoch from 0
   * @return how good the model is on validation, higher is better
   */
  double validate(int epoch, Map<String, Double> row);

  /** All arrays of a checkpoint by the name of their file; each is changed in place. */
  Map<String, Map<String, NDArray>> tensors();
}
