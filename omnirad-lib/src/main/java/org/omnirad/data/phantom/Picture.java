package org.omnirad.data.phantom;

/**
 * One drawn picture.
 *
 * @param grey the {@code n x n} grey values
 * @param mask 1 on the lesion, 0 elsewhere, {@code n x n}
 * @param caption one sentence
 */
record Picture(byte[] grey, byte[] mask, String caption) {}
