/** The image encoder: its configuration, weights, preprocessing, and the features it yields. */
package org.omnirad.encoder;
