/** Batched, seeded transforms of images, on the device that holds them. */
package org.omnirad.augment;
