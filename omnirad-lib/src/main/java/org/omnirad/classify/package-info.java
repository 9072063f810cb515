/** Classifiers that change the encoder: low-rank adapters and full fine-tuning. */
package org.omnirad.classify;
