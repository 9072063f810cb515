/**
 * Self-supervised pretraining: DINOv2's objective on global crops, as OmniRad uses it (Zedda et al.
 * 2026; Oquab et al. 2023).
 */
package org.omnirad.pretrain;
