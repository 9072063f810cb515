/** Classifiers that read features of a frozen encoder. */
package org.omnirad.probe;
