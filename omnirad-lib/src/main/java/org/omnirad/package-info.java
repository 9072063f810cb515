/** The few factories that a notebook starts from. */
package org.omnirad;
