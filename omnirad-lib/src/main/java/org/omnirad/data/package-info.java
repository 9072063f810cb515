/**
 * Image datasets: samples with labels and masks, splits, selections and folds, the catalogue,
 * downloads, readers, and the phantom generator.
 */
package org.omnirad.data;
