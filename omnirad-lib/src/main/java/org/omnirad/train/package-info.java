/**
 * What every training shares: AdamW with parameter groups, schedules, run folders with checkpoints,
 * metrics.
 */
package org.omnirad.train;
