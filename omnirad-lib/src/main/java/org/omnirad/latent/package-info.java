/** Projections of features to the plane. */
package org.omnirad.latent;
