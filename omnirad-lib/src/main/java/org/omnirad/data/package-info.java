/**
 * Image datasets: samples and splits, the catalogue, downloads, readers, and the phantom generator.
 */
package org.omnirad.data;
