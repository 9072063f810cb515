/** Scores of predictions for each task, curves, calibration, intervals. Arrays in, numbers out. */
package org.omnirad.metric;
