/** The phantom: drawn radiology images with labels, lesion masks and captions, made from a seed. */
package org.omnirad.data.phantom;
