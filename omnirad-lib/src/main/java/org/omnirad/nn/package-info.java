/** The layers of a Vision Transformer. */
package org.omnirad.nn;
