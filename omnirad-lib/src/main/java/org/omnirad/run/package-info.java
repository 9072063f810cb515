/**
 * What every run shares: progress and interrupts, seeds, run records, atomic files, the notebook
 * budget.
 */
package org.omnirad.run;
