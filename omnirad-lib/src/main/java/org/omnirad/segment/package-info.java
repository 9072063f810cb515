/** Segmentation by a dense adapter on the tokens of an encoder. */
package org.omnirad.segment;
