/** Results as records that offer their rows; no tensors, no charts. */
package org.omnirad.report;
