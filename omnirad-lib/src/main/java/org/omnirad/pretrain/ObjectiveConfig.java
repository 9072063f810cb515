package org.omnirad.pretrain;

import static org.omnirad.run.Requirement.require;

import java.util.Objects;

/**
 * The loss and its targets.
 *
 * @param dinoWeight of the cross-entropy between views (DINOv2: 1)
 * @param ibotWeight of the cross-entropy at hidden patches (DINOv2: 1); 0 leaves them out
 * @param koleoWeight of KoLeo for each global view (DINOv2: 0.1); 0 leaves it out
 * @param centring of the teacher's logits (DINOv2: moving mean)
 * @param centreMomentum of the moving mean (DINOv2: 0.9)
 * @param sinkhornRounds of Sinkhorn-Knopp (DINOv2: 3)
 * @param studentTemperature (DINOv2: 0.1)
 */
public record ObjectiveConfig(
    double dinoWeight,
    double ibotWeight,
    double koleoWeight,
    Centring centring,
    double centreMomentum,
    int sinkhornRounds,
    double studentTemperature) {

  /** Checks every value. */
  public ObjectiveConfig {
    Objects.requireNonNull(centring, "centring is missing");
    require(dinoWeight > 0, "dinoWeight", dinoWeight, "above 0");
    require(ibotWeight >= 0, "ibotWeight", ibotWeight, "at least 0");
    require(koleoWeight >= 0, "koleoWeight", koleoWeight, "at least 0");
    require(
        centreMomentum >= 0 && centreMomentum < 1, "centreMomentum", centreMomentum, "in [0, 1)");
    require(sinkhornRounds >= 1, "sinkhornRounds", sinkhornRounds, "at least 1");
    require(studentTemperature > 0, "studentTemperature", studentTemperature, "above 0");
  }

  /** DINOv2's default, with the given centring. */
  public static ObjectiveConfig dinov2(Centring centring) {
    return new ObjectiveConfig(1, 1, 0.1, centring, 0.9, 3, 0.1);
  }
}
