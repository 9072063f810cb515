package org.omnirad.pretrain;

/**
 * The losses of a step, over the whole batch.
 *
 * @param dino cross-entropy between views
 * @param ibot cross-entropy at hidden patches
 * @param koleo sum over the global views
 * @param total with their weights
 * @param teacherEntropy mean entropy of the teacher's class targets in nats, at most ln K
 * @param studentEntropy the same of the student's
 * @param marginalEntropy entropy in nats of the mean of the teacher's class targets, at most ln K;
 *     0 where all images have one prototype. Of a step in parts the mean over the parts
 * @param spread of the teacher's class tokens: 1 minus the squared length of the mean of their
 *     directions; 0 where all are alike, 1 where they cancel
 */
record Losses(
    double dino,
    double ibot,
    double koleo,
    double total,
    double teacherEntropy,
    double studentEntropy,
    double marginalEntropy,
    double spread) {

  static final Losses NONE = new Losses(0, 0, 0, 0, 0, 0, 0, 0);

  Losses plus(Losses o) {
    return new Losses(
        dino + o.dino,
        ibot + o.ibot,
        koleo + o.koleo,
        total + o.total,
        teacherEntropy + o.teacherEntropy,
        studentEntropy + o.studentEntropy,
        marginalEntropy + o.marginalEntropy,
        spread + o.spread);
  }
}
