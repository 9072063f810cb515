package org.omnirad.data.phantom;

import java.util.Optional;

/**
 * One drawn picture.
 *
 * @param grey the {@code n x n} grey values
 * @param mask 1 on the lesion, 0 elsewhere, {@code n x n}
 * @param caption one sentence
 * @param finding what is to be seen of the lesion, where there is one
 */
record Picture(byte[] grey, byte[] mask, String caption, Optional<Finding> finding) {}
