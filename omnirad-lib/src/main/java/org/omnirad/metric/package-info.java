/** Scores of predictions: accuracy, macro F1, AUC, bootstrap intervals. Arrays in, numbers out. */
package org.omnirad.metric;
